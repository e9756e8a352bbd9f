"""The doors that texts are put through, and what may come back."""

import contextlib
import io
import signal
import time
import traceback
from dataclasses import dataclass
from pathlib import Path

import einsgrad as eg
from einsgrad.cli.command import main
from fuzzing.texts import ADVERSARIAL, DECLARATION, generator, string_of, text_of

LONGEST = 20
_MORE_MEMORY = 2 * 2**30
_A, _B, _C, _X, _Y, _Z, _S, _T, _U, _M = eg.variables(DECLARATION)
_QUESTIONS = (
    (0.5 * eg.sum((_A @ _X - _Y) ** 2), _X),
    (0.5 * eg.sum((_A @ _X - _Y) ** 2), _A),
    (eg.trace(_B @ _B), _B),
    (eg.tanh(_A @ _X), _X),
    (eg.logsumexp(_X) * _S, _S),
    (eg.logdet(_B), _B),
)
_OPTIONS = (
    ["--wrt", "x"], ["--wrt", "A", "--wrt", "x"], ["--wrt", "q"], ["--wrt", "-1"], ["--steps"],
    ["--latex"], ["--json"], ["--as", "matrix"], ["--as", "index"], ["--check"],
    ["--sizes", "m=3,n=2"], ["--sizes", "m=0"], ["--sizes", "m=-1"], ["--sizes", "n"],
    ["--sizes", "n=1000000000"], ["--order", "2"], ["--order", "0"], ["--order", "-3"],
    ["--cotangent", "g"], ["--cotangent", "x"], ["--cotangent", "1"], ["--symmetric", "B"],
    ["--symmetric", "x"], ["--complex", "x"], ["--code", "torch"], ["--code", "numpy"],
    ["--detail", "parts"], ["--seed", "3"], ["--seed", "-1"], ["--seed", "x"], ["--names", "A,x"],
    ["--names", ","], ["--no-check"], ["--unknown"], ["--claim"], ["--version"],
)  # fmt: skip


@contextlib.contextmanager
def limited_memory():
    """Let arrays of giant sizes fail here, and not take the machine's memory; on Linux."""
    try:
        import resource

        pages = int(Path("/proc/self/statm").read_text().split()[0])
    except (ImportError, OSError):
        yield
        return
    before = resource.getrlimit(resource.RLIMIT_AS)
    limit = pages * resource.getpagesize() + _MORE_MEMORY
    resource.setrlimit(resource.RLIMIT_AS, (limit, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, before)


@dataclass
class Trouble:
    """A text that a door answered with a foreign exception, or too slowly."""

    door: str
    given: object
    kind: str
    seconds: float


class TooSlow(BaseException):
    """A text took longer than `LONGEST`; no `except Exception` can swallow it."""


def _stop(*_):
    raise TooSlow


def parse(random, text):
    eg.parse(text, DECLARATION)


def parse_with_output(random, text):
    eg.parse(text, DECLARATION, output="mn"[: int(random.integers(3))])


def declare(random, text):
    eg.variables(text)


def check(random, text):
    """Check a claim; half of the texts are drawn anew, of the shape of the answer."""
    expr, wrt = _QUESTIONS[int(random.integers(len(_QUESTIONS)))]
    if random.random() < 0.5:
        text = text_of(random, "".join(wrt.shape) if not expr.shape else "mn")
    try:
        eg.check(text, expr, wrt)
    except BaseException as error:
        error.add_note(text)
        raise


def command(random, text):
    """Run the command line in this process: an expression or a string, with options."""
    arguments = [text, "--vars", DECLARATION if random.random() < 0.9 else text]
    if random.random() < 0.3:
        arguments = [string_of(random)]
    for _ in range(int(random.integers(3))):
        arguments += _OPTIONS[int(random.integers(len(_OPTIONS)))]
    if random.random() < 0.2:
        arguments += ["--claim", text_of(random)]
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
        try:
            status = main(arguments)
        except SystemExit as stop:
            status = stop.code
        except BaseException as error:
            error.add_note(repr(arguments))
            raise
    if status not in (0, 1, 2):
        raise AssertionError(f"exit status {status} for {arguments}")


DOORS = {
    "parse": parse,
    "parse with output": parse_with_output,
    "declare": declare,
    "check": check,
    "command": command,
}


def troubles(door, seeds, *, slow=LONGEST):
    """Put a random text for each seed through a door, and return what should not be."""
    found = []
    before = signal.signal(signal.SIGVTALRM, _stop)
    try:
        with limited_memory():
            for seed in seeds:
                random = generator(seed, len(door))
                text = ADVERSARIAL[seed] if seed < len(ADVERSARIAL) else text_of(random)
                found += _through(door, random, text, slow)
    finally:
        signal.signal(signal.SIGVTALRM, before)
    return found


def _through(door, random, text, slow):
    began = time.process_time()
    kind, given = "", text
    signal.setitimer(signal.ITIMER_VIRTUAL, LONGEST)
    try:
        DOORS[door](random, text)
    except eg.EinsgradError:
        pass
    except TooSlow:
        kind = "hangs"
    except Exception as error:
        kind, given = _kind(error), getattr(error, "__notes__", [text])[0]
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    seconds = time.process_time() - began
    if not kind and seconds > slow:
        kind = "slow"
    return [Trouble(door, given, kind, seconds)] if kind else []


def _kind(error):
    frames = [f for f in traceback.extract_tb(error.__traceback__) if "/einsgrad/" in f.filename]
    place = f"{Path(frames[-1].filename).name}:{frames[-1].name}" if frames else "?"
    return f"{type(error).__name__} in {place}"
