"""Cheating operators: published directories, each of which breaks one rule of the protocol.

    /usr/bin/python3 cheats.py OUT SEED NAME                    one cheat into the directory OUT
    /usr/bin/python3 cheats.py OUTDIR [--only NAME] [--seed S]
    /usr/bin/python3 cheats.py --list                           all names and the checks that must fail

writes every cheat to OUTDIR/NAME and OUTDIR/index.json: a list of {name, dir, expect, args, about}. `expect`
are the checks of section 10 of which one must say `failed` first, in the page's order (more than one where it
leaves it open); `args` are more arguments for `verify`. Those named `lawful-…` expect nothing: they go to
the very edge of a rule and must pass (they have `classes` and `witnesses` too, as in publisher.py, and where it
matters `notes`, the kinds of what must be noted, and `says`, what is said of a class to who holds these
`witnesses` to be independent). All is signed with the operator's own key, and what follows from the lie is recomputed
as the operator would: only the rule that is meant is broken. The same seed gives the same bytes.
"""

import argparse
import json
import os
import sys

import cheats_draw          # noqa: F401
import cheats_lawful        # noqa: F401
import cheats_log           # noqa: F401
from publisher import write_files, write_index
from story import CHEATS, WANTED, Story, Unfit

TRIES = 60
NOTHING_THERE = (Unfit, StopIteration, IndexError, ValueError)


def told(function, seed):
    """The story and its files. Where a seed has nothing to lie about, the next one that follows from it is taken."""
    for number in range(TRIES):
        Story.seed = seed if number == 0 else f'{seed}/{number}'
        try:
            story = Story()
            function(story)
            return story, story.files()
        except NOTHING_THERE as error:
            last = error
    raise last


def said_of(name, function, checks, story, where):
    """What index.json says of a cheat."""
    entry = {'name': name, 'dir': where, 'expect': list(checks), 'args': list(story.arguments),
             'about': function.__doc__ or ''}
    if not checks:
        entry.update(classes={str(draw.n): story.op.assurance(draw) for draw in story.op.draws},
                     witnesses=[key.vkey for _, key in sorted(story.op.known.items())], **WANTED[name])
    return entry


def written(name, function, checks, where, seed='story'):
    """Write one cheat's directory, and return what index.json says of it."""
    story, files = told(function, seed)
    write_files(where, files)
    entry = said_of(name, function, checks, story, where)
    if story.since is not None:
        since = where + '.since'
        with open(since, 'wb') as out:
            out.write(story.since)
        entry['args'] += ['--since', since]
    return entry


def write_one(where, seed, name):
    chosen = [each for each in CHEATS if each[0] == name]
    if not chosen:
        print(f'no cheat is named {name}', file=sys.stderr)
        return 2
    entry = written(*chosen[0], os.path.abspath(where), seed)
    print(json.dumps(entry, ensure_ascii=False, sort_keys=True))
    return 0


def main():
    parser = argparse.ArgumentParser(description='Write published directories of cheating operators.')
    parser.add_argument('outdir', nargs='?')
    parser.add_argument('one', nargs='*', metavar='SEED NAME', help='write this one to OUTDIR')
    parser.add_argument('--only', help='one cheat by its name')
    parser.add_argument('--seed', default='story')
    parser.add_argument('--list', action='store_true')
    options = parser.parse_args()
    if len(options.one) == 2 and not options.list:
        return write_one(options.outdir, *options.one)
    chosen = [each for each in CHEATS if options.only in (None, each[0])]
    if options.list:
        for name, _, checks in chosen:
            print(f'{name:55} {" | ".join(checks)}')
        return 0
    if options.one or not options.outdir or not chosen:
        parser.error('OUTDIR is wanted, and a known name')
    directory = os.path.abspath(options.outdir)
    os.makedirs(directory, exist_ok=True)
    index = [written(*each, os.path.join(directory, each[0]), options.seed) for each in chosen]
    write_index(directory, index)
    print(f'{len(index)} cheats in {directory}', file=sys.stderr)
    return 0


if __name__ == '__main__':
    sys.exit(main())
