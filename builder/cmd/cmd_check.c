#include "cmd/cmd.h"

struct err *cmd_check(int argc, char **argv)
{
	(void)argc, (void)argv;
	return err_new(ERR_USAGE, "not yet");
}
