#!/usr/bin/python3
"""Goal: with drand and three witnesses, of which one is down, a draw gets class A: the commitment is cosigned before the draw,
the value comes from the relays, the outcome is cosigned after; the one that was down catches up later.

The time is that of drand's round 1000, whose real signature the relays serve, so that the page can check it too.
"""

import json
import os
import shutil

from outside import Clock, Office, OtherWitness, Relay, ROUND_1000, ROUNDS, Witness, at_text, check, scene, wait_for


def main():
    with scene() as (folder, ended):
        Clock.set(ROUND_1000 - 7200)
        relays = [Relay(), Relay(), Relay()]
        witnesses = [Witness(folder, "court.example.org"), Witness(folder, "archive.example.org")]
        down = OtherWitness("union.example.org", mode="down")
        ended += relays + witnesses + [down]
        sections = "".join(f"[witness w{i}]\nkey = {w.vkey}\nurl = {w.url}\n" for i, w in enumerate(witnesses + [down]))
        sections += f"[beacon]\nurls = {' '.join(r.url for r in relays)}\n"
        office = Office(folder, "drand", sections)
        ended.append(office)
        office.begin()
        for w in witnesses:
            w.begin(office.vkey())
        office.start()
        wait_for(lambda: len(office.cosigners("checkpoint", witnesses)) == 2, "two witnesses cosign the beginning")
        office.sc("run", "hand", status=2, says="draws at once")
        office.sc("commit", "hand", "--draw-at", at_text(ROUND_1000))
        wait_for(lambda: len(office.cosigners("draws/0001/commit.checkpoint", witnesses)) == 2, "the commitment is cosigned")
        office.sc("draw", "1", status=2, says="not yet possible")
        check(office.verify()["classes"][0]["class"] == "pending", "pending")
        office.stop()
        for w in witnesses:
            w.end()

        # Just before the time of the draw.  The relays have nothing until then.
        Clock.set(ROUND_1000 - 2)
        for w in witnesses:
            w.begin()
        office.start()
        wait_for(lambda: office.query("SELECT outcome FROM draw")[0][0] == "draw", "the draw is drawn")
        value = office.query("SELECT value, signature FROM draw_value")[0]
        check(value[1] == ROUNDS[1000], "the signature is the round's")
        wait_for(lambda: len(office.cosigners("draws/0001/outcome.checkpoint", witnesses)) == 2, "the outcome is cosigned")
        drawn = json.loads(open(f"{office.public}/draws/0001/record.json", encoding="utf-8").read())
        check(drawn["beacon"] == value[0], "the record has the value")
        trusted = [w.vkey for w in witnesses]
        classes = office.verify()["classes"][0]
        check(classes["class"] == "unchecked-if-independent" and classes["witnesses"] == 3 and classes["commit_cosigned"] == 2, f"{classes}")
        classes = office.verify(*trusted)["classes"][0]
        check(classes["class"] == "unchecked", f"{classes}")
        office.sc("show", "1", says="BLS")
        office.sc("list", says="unchecked")
        wait_for(lambda: "class A needs" in open(f"{office.public}/draws/0001/index.html", encoding="utf-8").read(), "the page says the class")

        # The third one comes back, and is given what it has missed.
        down.mode = "honest"
        office.sc("status")
        office.stop()
        Clock.set(ROUND_1000 + 3600)
        for w in witnesses:
            w.end()
            w.begin()
        office.start()
        wait_for(lambda: down.vkey in office.cosigners("checkpoint", [down]), "the third witness catches up")
        check(office.verify(*trusted)["classes"][0]["class"] == "unchecked", "still A")
        keep = os.environ.get("SPOTCHECK_KEEP")
        if keep:
            shutil.copytree(office.public, keep)


main()
