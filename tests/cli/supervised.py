"""A tiny server under the real supervisor: tells its process id, does what it is told, and first prints its port."""

import os
import signal
import socket
import sys
from collections.abc import Callable

from visavis.cli.supervisor import Supervisor


def main(mode: str) -> int:
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    sys.stdout.write(f"{listening.getsockname()[1]}\n")
    sys.stdout.flush()

    def serve(up: Callable[[], None], again: bool) -> None:
        if mode == "broken" or (mode == "broken-later" and again):
            raise SystemExit(3)
        listening.listen()
        up()
        while True:
            client, _ = listening.accept()
            with client:
                word = client.recv(16)
                if word == b"end":
                    return
                if word == b"die":
                    os.kill(os.getpid(), signal.SIGKILL)
                client.sendall(str(os.getpid()).encode())

    return Supervisor(serve, pauses_s=(0.0, 0.0)).run()


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1]))
