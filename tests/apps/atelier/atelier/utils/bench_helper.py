"""The commands of a bench: python -m atelier.utils.bench_helper atelier [--site SITE] COMMAND ..."""
import importlib
import sys

import atelier
import click


@click.group()
@click.option("--site")
@click.pass_context
def group(context, site):
    conf = atelier._dict(atelier.read_json("common_site_config.json"))
    context.obj = atelier.get_sites() if site == "all" else [site or conf.default_site]


def main():
    assert sys.argv[1] == "atelier", sys.argv
    for app in atelier.get_all_apps():
        try:
            commands = importlib.import_module(f"{app}.commands").commands
        except ModuleNotFoundError as error:
            if error.name != f"{app}.commands":
                raise
            continue
        for command in commands:
            group.add_command(command)
    group(sys.argv[2:], prog_name="bench")


if __name__ == "__main__":
    main()
