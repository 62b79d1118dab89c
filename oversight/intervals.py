"""How sure a figure is: 95 % intervals, so that few cases are not read as many. No database."""

from math import sqrt

#: The normal quantile of a 95 % interval.
Z = 1.959964


def wilson(part: int, whole: int) -> tuple[float, float]:
    """The 95 % interval of a share, by Wilson (1927): it stays within 0–1 and is honest for few.

    ValueError where there is nothing to be a share of.
    """
    if not 0 <= part <= whole or not whole:
        raise ValueError(f"{part} of {whole} is no share")
    share, spread = part / whole, Z * Z / whole
    middle = (share + spread / 2) / (1 + spread)
    half = Z / (1 + spread) * sqrt(share * (1 - share) / whole + spread / (4 * whole))
    return max(0.0, middle - half), min(1.0, middle + half)


def of_mean(total: int, squares: int, number: int, low: float, high: float) -> tuple[float, float]:
    """The 95 % interval of a mean (normal approximation), kept between what is possible.

    `total` and `squares` are the sums of the values and of their squares. ValueError for fewer than two.
    """
    if number < 2:
        raise ValueError("one value has no spread")
    mean = total / number
    variance = max(0.0, (squares - number * mean * mean) / (number - 1))
    half = Z * sqrt(variance / number)
    return max(low, mean - half), min(high, mean + half)
