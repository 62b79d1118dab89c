"""How sure a figure is: intervals, so that few cases are not read as many. No database."""

from math import sqrt

#: The normal quantile of a 95 % interval; and that of a 99.8 % one, the limits of funnel plots
#: (Spiegelhalter 2005): of five hundred that are all alike one lies beyond them by chance.
Z, Z_STRICT = 1.959964, 3.090232


def wilson(part: int, whole: int, z: float = Z) -> tuple[float, float]:
    """The interval of a share (95 %), by Wilson (1927): it stays within 0–1 and is honest for few.

    ValueError where there is nothing to be a share of.
    """
    if not 0 <= part <= whole or not whole:
        raise ValueError(f"{part} of {whole} is no share")
    share, spread = part / whole, z * z / whole
    middle = (share + spread / 2) / (1 + spread)
    half = z / (1 + spread) * sqrt(share * (1 - share) / whole + spread / (4 * whole))
    return max(0.0, middle - half), min(1.0, middle + half)


def of_mean(
    total: int, squares: int, number: int, low: float, high: float, z: float = Z
) -> tuple[float, float]:
    """The interval of a mean (95 %, normal approximation), kept between what is possible.

    `total` and `squares` are the sums of the values and of their squares. ValueError for fewer than two.
    """
    if number < 2:
        raise ValueError("one value has no spread")
    mean = total / number
    variance = max(0.0, (squares - number * mean * mean) / (number - 1))
    half = z * sqrt(variance / number)
    return max(low, mean - half), min(high, mean + half)
