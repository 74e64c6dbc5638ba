#!/usr/bin/python3
"""Goal: the service, the relays and the witnesses are all down for a day, over the time of a draw.  Nothing is lost: before a
weekend the draw is made when all are back, a day late, and that is noted; where inspectors could have gone out meanwhile, it
is voided with the value that it would have had.
"""

from outside import Clock, Office, OtherWitness, Relay, at_text, check, scene, wait_for

FRIDAY = 1782460800  # 2026-06-26 08:00 UTC
MONDAY = FRIDAY - 4 * 86400


def outage(folder, begin, outcome, ended):
    Clock.set(begin)
    draw_time = begin + 7200
    relays = [Relay(), Relay()]
    witnesses = [OtherWitness(f"{name}.example.org") for name in ("court", "archive", "union")]
    sections = "".join(f"[witness {w.key.name[:5]}]\nkey = {w.vkey}\nurl = {w.url}\n" for w in witnesses)
    office = Office(folder, "drand", sections + f"[beacon]\nurls = {' '.join(r.url for r in relays)}\n", window="5 workdays")
    ended += relays + witnesses + [office]
    office.begin()
    office.start()
    office.sc("commit", "hand", "--draw-at", at_text(draw_time))
    wait_for(lambda: len(office.cosigners("draws/0001/commit.checkpoint", witnesses)) == 3, "the commitment is cosigned")
    office.stop()
    for thing in relays + witnesses:
        thing.mode = "down"
    # The service is back before the others.
    Clock.set(draw_time + 86400 + 600)
    office.start()
    wait_for(lambda: office.query("SELECT fault FROM draw_value"), "the relays are asked")
    wait_for(lambda: [a for a in office.alarms() if "is late" in a], "an alarm")
    check(office.query("SELECT outcome FROM draw")[0][0] is None, "nothing is drawn without the value")
    office.stop()
    for thing in relays + witnesses:
        thing.mode = "honest"
    Clock.set(draw_time + 86400 + 7200)
    office.start()
    wait_for(lambda: office.query("SELECT outcome FROM draw")[0][0] == outcome, f"the {outcome} follows")
    wait_for(lambda: len(office.cosigners("draws/0001/outcome.checkpoint", witnesses)) == 3, "and is cosigned")
    said = office.verify(*[w.vkey for w in witnesses])
    check(said["failed"] == 0, f"{said}")
    notes = " ".join(note["note"] for note in said["notes"])
    check("late" in notes or "after draw_time" in notes, f"noted: {notes}")
    check(said["classes"][0]["class"] == "C", f"too late for a class: {said['classes']}")
    wait_for(lambda: not [a for a in office.alarms() if "late" in a], "the alarm is over")
    office.stop()


def main():
    with scene() as (folder, ended):
        outage(f"{folder}/friday", FRIDAY, "draw", ended)
        outage(f"{folder}/monday", MONDAY, "void", ended)


main()
