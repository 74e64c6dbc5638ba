#!/usr/bin/python3
"""Goal: a relay of drand that lies, hangs, drips, or answers something else changes nothing: with two of three honest the draw is made;
with one of two nothing is drawn, an alarm is raised after an hour, and the draw is made, late, once they agree.
"""

from outside import Clock, Office, Relay, at_text, check, scene, signature_of, wait_for

START = 1782090000
DRAW = START + 7200
ROUND = -((1692803367 - DRAW) // 3) + 1


def committed(folder, relays, ended):
    Clock.set(START)
    office = Office(folder, "drand", f"[beacon]\nurls = {' '.join(r.url for r in relays)}\n")
    ended.append(office)
    office.begin()
    office.sc("commit", "hand", "--draw-at", at_text(DRAW))
    Clock.set(DRAW - 1)
    return office


def drawn(office):
    return office.query("SELECT outcome FROM draw")[0][0] == "draw"


def with_three(folder, ended):
    for mode in ("another signature", "hang", "drip", "down"):
        relays = [Relay(), Relay(mode), Relay()]
        ended += relays
        office = committed(f"{folder}/{mode[:4]}", relays, ended)
        office.start()
        wait_for(lambda office=office: drawn(office), f"two agree, one is: {mode}")
        check(office.query("SELECT signature FROM draw_value")[0][0] == signature_of(ROUND), "the honest value")
        if mode == "another signature":
            wait_for(lambda office=office: "contradicts the others" in office.journal(), "the liar is told of")
        office.stop()
        office.verify()


def with_two(folder, ended):
    relays = [Relay(), Relay("another signature")]
    ended += relays
    office = committed(f"{folder}/two", relays, ended)
    office.start()
    wait_for(lambda: office.query("SELECT fault FROM draw_value WHERE fault LIKE '%contradict each other%'"), "they do not agree")
    check(not drawn(office), "nothing is drawn")
    office.sc("draw", "1", status=2, says="waits for the value of its beacon, drand")
    office.sc("draw", "1", "--value", "0" * 64, status=2, says="takes no value by hand")
    office.sc("void", "1", "--reason", "we do not like it", status=2, says="bears the beacon's value")
    check(not [a for a in office.alarms() if "late" in a], "no alarm yet")
    office.stop()
    relays[1].mode = "down"
    Clock.set(DRAW + 3700)
    office.start()
    wait_for(lambda: [a for a in office.alarms() if "draw 1 (hand) is late" in a and "contradict each other" in a], "an alarm after an hour, with the reason")
    relays[1].mode = "honest"
    office.stop()
    Clock.set(DRAW + 4700)
    office.start()
    wait_for(lambda: drawn(office), "they agree")
    wait_for(lambda: not [a for a in office.alarms() if "late" in a], "the alarm is over")
    office.verify()


def main():
    with scene() as (folder, ended):
        with_three(folder, ended)
        with_two(folder, ended)


main()
