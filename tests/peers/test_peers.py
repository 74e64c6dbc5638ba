"""The peers against what other programs made: the example beside, and vectors of the formats.

    /usr/bin/python3 test_peers.py [-v]          PEERS_SEED=… repeats a random run, PEERS_EXAMPLE=… is another
                                                 example
"""

import base64
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)

import cheats       # noqa: E402
import checker      # noqa: E402
import protocol as P        # noqa: E402
import publisher    # noqa: E402

EXAMPLE = os.environ.get('PEERS_EXAMPLE', os.path.join(HERE, '..', 'vectors', 'example'))
ENTRIES = 22
SEED = int(os.environ.get('PEERS_SEED', random.SystemRandom().randrange(2**32)))


def read(path):
    with open(os.path.join(EXAMPLE, path), 'rb') as f:
        return f.read()


class Formats(unittest.TestCase):
    """Vectors of the formats that the protocol builds on."""

    def test_signed_note(self):
        name, identity, kind, public = P.parse_vkey(
            'example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k')
        self.assertEqual((name, identity.hex(), kind), ('example.com/foo', '530d903a', P.LOG_KEY))
        blob = base64.b64decode('Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1E'
                                'RYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=')
        self.assertEqual(blob[:4], identity)
        self.assertTrue(P.verifies(public, b'This is an example message.\n', blob[4:]))
        self.assertFalse(P.verifies(public, b'This is another message.\n', blob[4:]))

    def test_tile_paths(self):
        self.assertEqual(P.tile_path(0, 1234067), 'tile/0/x001/x234/067')
        self.assertEqual(P.tile_path('entries', 0, 13), 'tile/entries/000.p/13')
        self.assertEqual(P.tile_path(1, 1000), 'tile/1/x001/000')

    def test_tiles_of_70000_entries(self):
        tiles = P.tile_files([b'%d' % i for i in range(70000)])
        partial = sorted(path for path in tiles if '.p/' in path)
        self.assertEqual(partial, ['tile/0/273.p/112', 'tile/1/001.p/17', 'tile/2/000.p/1',
                                   'tile/entries/273.p/112'])
        self.assertEqual(len(tiles['tile/1/000']), 256 * 32)
        self.assertNotIn('tile/3/000.p/0', tiles)

    def test_tiles_that_are_full(self):
        tiles = P.tile_files([b'%d' % i for i in range(512)])
        self.assertEqual(sorted(tiles), ['tile/0/000', 'tile/0/001', 'tile/1/000.p/2', 'tile/entries/000',
                                         'tile/entries/001'])

    def test_roots(self):
        """RFC 6962's empty tree, and the reference leaves of Certificate Transparency."""
        self.assertEqual(P.tree_root([]).hex(), P.H(b''))
        leaves = [bytes.fromhex(x) for x in ('', '00', '10', '2021', '3031', '40414243', '5051525354555657',
                                             '606162636465666768696a6b6c6d6e6f')]
        self.assertEqual(P.tree_root([P.leaf_hash(x) for x in leaves]).hex(),
                         '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328')

    def test_drand(self):
        self.assertEqual(P.H(bytes.fromhex(P.DRAND[1000])),
                         'fe290beca10872ef2fb164d2aa4442de4566183ec51c56ff3cd603d930e54fdd')
        self.assertEqual([P.drand_round(1692806364 + i) for i in (-3, -2, -1, 0, 1)],
                         [999, 1000, 1000, 1000, 1001])
        self.assertEqual([P.drand_round(P.QUICKNET_GENESIS + i) for i in (0, 1, 3, 4)], [1, 2, 2, 3])

    def test_canonical_json(self):
        value = {'é': 1, 'z': ['/', '"', '\\'], 'a': {}, 'B': True}
        self.assertEqual(P.canonical(value), '{"B":true,"a":{},"z":["/","\\"","\\\\"],"é":1}'.encode())
        for wrong in (1.0, None, 2**53, '\n', '\x7f', '\x9f', {'a\x00': 1}):
            with self.assertRaises(P.Refused):
                P.canonical([wrong])
        for wrong in (b'{"a":1,"a":1}', b'[1.0]', b'[-0]', b'[01]', b'[1 ]', b'["\\/"]', b'["\\u0041"]',
                      b'[1]\n', b''):
            with self.assertRaises(P.Refused):
                P.parse_canonical(wrong)

    def test_text(self):
        for good in ('', '财政局', "O'Neil; =1+1", '局' * 64, '\ufffc\ufffd', '\U0001f3e2', '\U000dffff'):
            self.assertTrue(P.is_text(good), good)
        for wrong in ('a,b', '"', ' a', 'a ', 'a  b', '局' * 64 + 'x', *map(chr, (
                0, 0x1f, 0x7f, 0xa0, 0xad, 0x34f, 0x61c, 0x115f, 0x1680, 0x17b4, 0x180e, 0x200b, 0x202e,
                0x2060, 0x2800, 0x3000, 0x3164, 0xe000, 0xfdd0, 0xfe0f, 0xfeff, 0xffa0, 0xfff0, 0xfffb,
                0xfffe, 0x13430, 0x1bca3, 0x1d159, 0x1d17a, 0xe0000, 0x10ffff))):
            self.assertFalse(P.is_text(wrong), ascii(wrong))

    def test_tags_reasons_and_zones(self):
        self.assertTrue(P.is_tag('Any') and P.is_tag('x' * 32) and P.is_reason('') and P.is_remark('a, "b" '))
        self.assertFalse(P.is_tag('any') or P.is_tag('own') or P.is_tag('') or P.is_remark('') or P.is_reason('\u200b'))
        self.assertTrue(all(map(P.is_zone, ('UTC', 'Etc/GMT+5', 'America/Argentina/La_Rioja', 'A' * 64))))
        self.assertFalse(any(map(P.is_zone, ('', '/UTC', 'UTC/', 'a//b', '../UTC', 'A' * 65, 'a b', 'é'))))

    def test_slots(self):
        self.assertEqual(P.minutes('2026-03-01T00:00') - P.minutes('2026-02-28T23:59'), 1)
        for wrong in ('2026-02-29T09:00', '2026-03-01T24:00', '2026-03-01T09:60', '2026-03-01 09:00', '2026-03-01',
                      '2026-03-01T09:00:00', '2026-03-01T9:00', None):
            with self.assertRaises(P.Refused):
                P.minutes(wrong)

    def test_prefix_roots(self):
        tree = P.Tree()
        for i in range(70):
            tree.append(b'%d' % i)
        for size in range(71):
            self.assertEqual(tree.root(size), P.tree_root(tree.leaves[:size]))

    def test_strength_of_a_public_value(self):
        for symbols, count, strong in (('01', 64, True), ('01', 63, False), ('0123456789', 20, True),
                                       ('0123456789', 19, False), ('0', 2**53 - 1, False), ('01', 2**53 - 1, True)):
            self.assertEqual(P.strong({'symbols': symbols, 'count': count}), strong)

    def test_the_time_that_most_witnesses_reach(self):
        keys = [P.Key(f'w{i}', P.WITNESS_KEY, 0) for i in range(4)]
        text = P.checkpoint_text('log', 1, b'\7' * 32)
        log = P.Key('log', P.LOG_KEY, 0)

        def reached(times):
            lines = [log.sign_note(text)] + [k.cosign(text, t) for k, t in zip(keys, times) if t is not None]
            return P.reached(P.parse_checkpoint((text + '\n' + ''.join(lines)).encode()), [k.vkey for k in keys])
        self.assertEqual(reached([10, 20, 30, 40]), 20)
        self.assertEqual(reached([None, 20, 30, 40]), 20)
        self.assertIsNone(reached([None, None, 30, 40]))


class Example(unittest.TestCase):
    """The published directory that another program made."""

    @classmethod
    def setUpClass(cls):
        cls.commit_bytes = read('draws/0001/commit.json')
        cls.commit = P.parse_canonical(cls.commit_bytes)
        cls.targets = P.parse_targets(read('draws/0001/targets.csv'), cls.commit['date'])
        cls.inspectors = P.parse_inspectors(read('draws/0001/inspectors.csv'))
        cls.conflicts = P.parse_conflicts(read('draws/0001/conflicts.csv'), cls.targets, cls.inspectors)
        cls.sealed = P.parse_sealed(read('draws/0001/sealed.json'), cls.commit['strata'])
        cls.away = P.parse_away(read('draws/0001/away.csv'), cls.inspectors, cls.sealed['slots'])
        cls.record = P.parse_canonical(read('draws/0001/record.json'))
        cls.draw = P.Draw(cls.commit, P.H(cls.commit_bytes),
                          (cls.targets, cls.inspectors, cls.conflicts, cls.away), cls.sealed,
                          cls.record['secret'], cls.record['beacon'])
        cls.entries = P.split_bundle(read(f'tile/entries/000.p/{ENTRIES}'))
        cls.objects = [P.parse_canonical(entry) for entry in cls.entries]

    def test_record_byte_for_byte(self):
        record = self.draw.record()
        self.assertEqual(P.canonical(record), read('draws/0001/record.json'))
        places = next(e['places'] for e in self.objects if e['type'] == 'draw' and e['n'] == 1)
        self.assertEqual(self.draw.places_root(record), places)

    def test_teams_by_brute_force_agree(self):
        """The example's first targets, few enough to try every assignment."""
        chosen = self.draw.selection()[0][:4]
        people = self.draw.inspector_order()[:6]
        case = (chosen, people, self.draw.able(people, chosen), self.draw.pair, 2, 3, 2, 1)
        self.assertEqual(P.solve_teams(*case), P.brute_teams(*case))

    def test_tables_are_rewritten_as_they_were(self):
        for name, header, rows in (('targets.csv', P.TARGETS, self.targets),
                                   ('inspectors.csv', P.INSPECTORS, self.inspectors),
                                   ('conflicts.csv', P.CONFLICTS, self.conflicts),
                                   ('away.csv', P.AWAY, self.away)):
            self.assertEqual(P.table_bytes(header, rows), read('draws/0001/' + name))

    def test_roots_and_digests(self):
        for name, said in self.commit['files'].items():
            data = read('draws/0001/' + name)
            self.assertEqual(publisher.described(data), said)
        self.assertEqual(P.H(read('draws/0001/sealed.json')), self.commit['sealed'])

    def test_strata_and_changes(self):
        self.assertEqual(P.strata_of(self.commit['strata'], self.targets), self.sealed['strata'])
        self.assertEqual(P.changes_of(None, self.targets, self.inspectors, self.conflicts),
                         self.commit['changes'])

    def test_drum(self):
        date, rules = self.commit['date'], self.commit['rules']
        for row in self.targets:
            drum = P.drum_value(date, row, row['drum'] == 'excused', False, rules)
            self.assertEqual(drum, row['drum'])
        for row in self.inspectors:
            drum = P.inspector_drum(row['id'], row['drum'] == 'excused', self.away, self.sealed['slots'])
            self.assertEqual(drum, row['drum'])

    def test_chain(self):
        anchor = next(e['anchor'] for e in self.objects if e.get('cycle') == 'after-holiday')
        self.assertEqual(P.chain_of(self.record['secret'], self.commit['link'])[0], anchor)

    def test_amendments(self):
        places = P.Places(self.draw, self.record)
        for number in (1, 2, 3):
            data = read(f'draws/0001/amend-0{number}.json')
            amendment = P.parse_amendment(data)
            self.assertEqual(P.canonical(places.expected(amendment)), data)
            self.assertIn((1, P.H(data)),
                          [(e['n'], e['sha256']) for e in self.objects if e['type'] == 'amend'])
            places.apply(amendment)

    def test_hidden_amendments(self):
        """Each archive entry between draw and reveal counts those that it says."""
        told = [e for e in self.objects if e['type'] == 'amend']
        counted = {}
        for at, entry in enumerate(self.objects):
            for each in entry.get('open', []):
                if each['n'] == 1:
                    digests = [e['sha256'] for e in told if e['archive'] <= at]
                    counted[at] = len(digests)
                    self.assertEqual(each['amended'], P.amended_hash(self.record['secret'], at, digests))
        self.assertEqual(counted, {6: 0, 7: 2, 8: 3, 9: 3, 10: 3})

    def test_tree_and_notes(self):
        """Every checkpoint is signed, a prefix of the tree, and truly cosigned."""
        leaves = [P.leaf_hash(entry) for entry in self.entries]
        vkey = read('vkey').decode().rstrip('\n')
        witnesses = self.objects[0]['witnesses']
        for path, data in P.tile_files(self.entries).items():
            self.assertEqual(read(path), data, path)
        counts = {'checkpoint': 3, 'archive/0003.checkpoint': 3, 'archive/0007.checkpoint': 2,
                  'draws/0001/commit.checkpoint': 2, 'draws/0001/outcome.checkpoint': 3,
                  'draws/0002/commit.checkpoint': 0, 'draws/0002/outcome.checkpoint': 2,
                  'draws/0003/commit.checkpoint': 2, 'draws/0003/outcome.checkpoint': 2}
        for path, count in counts.items():
            note = P.parse_checkpoint(read(path))
            self.assertTrue(P.signed_by(note, vkey), path)
            self.assertEqual(P.tree_root(leaves[:note[2]]), note[3], path)
            cosigned = P.cosignatures(note, witnesses)
            self.assertEqual((len(cosigned), all(good for _, _, good in cosigned)), (count, True), path)

    def test_local_dates(self):
        for entry in self.objects:
            if entry['type'] == 'commit':
                zone = entry['rules']['timezone']
                self.assertEqual(P.local_date(P.seconds(entry['draw_time']), zone), entry['date'])

    def test_checker(self):
        files = checker.read_files(EXAMPLE)
        self.assertIsNone(checker.first_failure(files))
        found = checker.Verdict(files, at=P.seconds('2023-10-12T00:00:00Z'))
        self.assertEqual((found.word(), found.failure), ('YES', None))
        letters = {n: text.split(',')[0] for n, text in found.says().items()}
        self.assertEqual(letters, {'1': 'A', '2': 'none', '3': 'B'})
        self.assertEqual(checker.first_failure(files, at=P.seconds('2023-11-10T00:00:00Z'))[0], 'sequence')


class Peers(unittest.TestCase):
    """What the peers make is what they say."""

    def setUp(self):
        self.directory = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.directory)

    def test_teams_against_brute_force(self):
        self.assertEqual(P.selftest(SEED, 600), 0)

    def test_honest_histories_pass(self):
        print(f'honest histories: seed {SEED}')
        for number in range(60):
            entries = publisher.large_size(number) if number % 10 == 0 else None
            item = publisher.write_honest(self.directory, str(number), f'{SEED}/{number}', entries)
            found = checker.verdict_of(item)
            self.assertIsNone(checker.complaint(item, found), item['seed'])

    def test_the_same_seed_gives_the_same_bytes(self):
        """Whatever order Python gives its sets."""
        program = ('import sys; sys.path.insert(0, sys.argv[1]); import protocol, publisher\n'
                   'for i in range(8):\n'
                   '    print(protocol.H(repr(sorted(publisher.honest(i).op.files().items()))))')
        one, other = (subprocess.run([sys.executable, '-c', program, HERE], check=True, capture_output=True,
                                     env=dict(os.environ, PYTHONHASHSEED=seed)).stdout for seed in '12')
        self.assertEqual(one, other)

    def test_every_cheat_fails_where_it_should(self):
        names = [name for name, _, _ in cheats.CHEATS]
        self.assertEqual(len(names), len(set(names)))
        for name, function, checks in cheats.CHEATS:
            with self.subTest(name):
                story, files = cheats.told(function, 'story')
                item = cheats.said_of(name, function, checks, story, name)
                found = checker.verdict_of(item, files, story.since)
                self.assertIsNone(checker.complaint(item, found))

    def test_one_directory_each(self):
        """What `publisher.py OUT SEED` and `cheats.py OUT SEED NAME` write is as an index says."""
        where = os.path.join(self.directory, 'one')
        for program, arguments in (('publisher.py', ['7/0']), ('cheats.py', ['7', 'elsewhere-left-out'])):
            done = subprocess.run([sys.executable, os.path.join(HERE, program), where, *arguments], check=True,
                                  capture_output=True)
            item = json.loads(done.stdout)
            found = checker.verdict_of(item)
            self.assertIsNone(checker.complaint(item, found))
            shutil.rmtree(where)


if __name__ == '__main__':
    unittest.main()
