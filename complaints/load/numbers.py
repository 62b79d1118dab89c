"""Numbers of synthetic cases: no two are the same, and none tells how many there are. Pure.

A case's index is turned into twelve digits by an affine map modulo 10^12, which gives every index its
own number; the seed says where it begins.
"""

from complaints.tracking import LETTERS, NUMBER_DIGITS

SIZE = 10**NUMBER_DIGITS
#: Odd and not divisible by 5, so that it has an inverse modulo 10^12.
STEP = 618_033_988_749
BACK = pow(STEP, -1, SIZE)


def number_of(index: int, seed: int) -> str:
    """The number of a case, as it is written."""
    value = (STEP * index + start_of(seed)) % SIZE
    high, low = divmod(value, 10**8)
    letter = LETTERS[value % len(LETTERS)]
    return "%04d-%04d-%04d-%s" % (high, low // 10**4, low % 10**4, letter)  # noqa: UP031 - quicker


def index_of(number: str, seed: int) -> int:
    """The index below 10^12 that has this number."""
    return (int(number[:-2].replace("-", "")) - start_of(seed)) * BACK % SIZE


def start_of(seed: int) -> int:
    """What the map adds, by the seed."""
    return seed * 271_828_182_845 % SIZE
