#!/usr/bin/python3
"""A mail server that fails in every way there is, for the scenarios of mail.

    smtp_faults.py PORT FOLDER        answers on 127.0.0.1:PORT until it is killed

What it takes over it writes to FOLDER/taken, a line of JSON each, before it says so.  What it does to whom is in
FOLDER/faults: a line "recipient fault [fault …]"; the first is for the first time that recipient is named, and so on, and
then there is none.  FOLDER/sessions has the same for connections: a fault each line.  Faults:

    refuse  greylist  full                          a reply of 550, 451, 452 to RCPT; with "-data" to the message
    hang-X cut-X   X: mail rcpt data body done      says nothing more, or is gone, there; done: after the message is kept
    drip-X                                          a tarpit: its reply never ends there
    hang-greeting cut-greeting drip-greeting hang-ehlo cut-ehlo busy big    of a connection; big: ten megabytes of reply to EHLO
"""

import asyncio
import contextlib
import email
import json
import os
import sys

from aiosmtpd.smtp import SMTP

HANG_S = 3600


class Plan:
    """Which fault is whose turn."""

    def __init__(self, folder):
        self.folder, self.of, self.sessions = folder, {}, []
        with contextlib.suppress(FileNotFoundError), open(os.path.join(folder, "faults"), encoding="ascii") as file:
            for line in file:
                who, *faults = line.split()
                self.of[who] = faults
        with contextlib.suppress(FileNotFoundError), open(os.path.join(folder, "sessions"), encoding="ascii") as file:
            self.sessions = file.read().split()
        self.used = self.restore()

    def restore(self):
        """A server that was killed goes on where it was."""
        used = {}
        with contextlib.suppress(FileNotFoundError), open(os.path.join(self.folder, "used"), encoding="ascii") as file:
            for line in file:
                used[line.strip()] = used.get(line.strip(), 0) + 1
        return used

    def use(self, name):
        n = self.used.get(name, 0)
        self.used[name] = n + 1
        with open(os.path.join(self.folder, "used"), "a", encoding="ascii") as file:
            file.write(name + "\n")
        return n

    def for_recipient(self, who):
        faults = self.of.get(who, [])
        n = self.use(who) if faults else 0
        if n >= len(faults):
            return faults[-1] if faults and faults[-1].startswith("refuse") else None
        return faults[n]

    def for_session(self):
        n = self.use("-") if self.sessions else 0
        return self.sessions[n] if n < len(self.sessions) else None


class Kept:
    """What becomes of a message that is all there."""

    async def handle_DATA(self, server, session, envelope):
        for fault, reply in (("refuse-data", "554 5.6.0 not that"), ("greylist-data", "451 4.3.0 not now"),
                             ("full-data", "452 4.3.1 the disk is full")):
            if server.fault == fault:
                return reply
        message = email.message_from_bytes(envelope.content)
        with open(os.path.join(server.plan.folder, "taken"), "a", encoding="utf-8") as file:
            file.write(json.dumps({"to": envelope.rcpt_tos, "from": envelope.mail_from, "id": message["Message-ID"],
                                   "bytes": len(envelope.content)}) + "\n")
        await server.hurt("done")
        return "250 2.0.0 taken over"


class Faulty(SMTP):
    """aiosmtpd's server, with a fault at each place where one can be."""

    def __init__(self, plan, **more):
        super().__init__(Kept(), hostname="faults.example.org", enable_SMTPUTF8=False, **more)
        self.plan, self.fault, self.of_session = plan, None, None

    async def hurt(self, where):
        fault = self.fault or self.of_session
        if fault == f"hang-{where}":
            await asyncio.sleep(HANG_S)
        if fault == f"drip-{where}":
            with contextlib.suppress(OSError):
                while not self.transport.is_closing():
                    self._writer.write(b"220-wait\r\n" if where == "greeting" else b"250-wait\r\n")
                    await self._writer.drain()
                    await asyncio.sleep(0.3)
            await asyncio.sleep(HANG_S)
        if fault == f"cut-{where}":
            self.transport.abort()
            await asyncio.sleep(HANG_S)

    async def _handle_client(self):
        self.of_session = self.plan.for_session()
        await self.hurt("greeting")
        if self.of_session == "busy":
            self._writer.write(b"421 4.3.2 come back later\r\n")
            await self._writer.drain()
            self.transport.close()
            return
        await super()._handle_client()

    async def smtp_EHLO(self, hostname):
        await self.hurt("ehlo")
        if self.of_session == "big":
            self._writer.write(b"250-" + b"x" * 70 + b"\r\n")
            for _ in range(10_000_000 // 80):
                self._writer.write(b"250-" + b"x" * 74 + b"\r\n")
                await self._writer.drain()
        await super().smtp_EHLO(hostname)

    async def smtp_RCPT(self, arg):
        address = arg[arg.find("<") + 1:arg.rfind(">")]
        self.fault = self.plan.for_recipient(address)
        await self.hurt("mail")
        await self.hurt("rcpt")
        for fault, reply in (("refuse", "550 5.1.1 no such person"), ("greylist", "451 4.7.1 greylisted, come back"),
                             ("full", "452 4.3.1 the disk is full")):
            if self.fault == fault:
                await self.push(reply)
                return
        await super().smtp_RCPT(arg)

    async def smtp_DATA(self, arg):
        await self.hurt("data")
        if self.fault in ("hang-body", "cut-body"):
            await self.push("354 go ahead")
            await self._reader.readline()
            await self.hurt("body")
        await super().smtp_DATA(arg)


async def main(port, folder):
    plan = Plan(folder)
    server = await asyncio.get_running_loop().create_server(lambda: Faulty(plan), "127.0.0.1", port)
    print("ready", flush=True)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(main(int(sys.argv[1]), sys.argv[2]))
