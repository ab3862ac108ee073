#include "base/progress.h"

#include "base/mem.h"

struct progress {
	enum progress_style style;
};

struct progress *progress_new(enum progress_style style)
{
	struct progress *p = mem_new(sizeof *p);

	p->style = style;
	return p;
}
