"""The quantile of Student's t that intervals are made of."""

from __future__ import annotations


def t_quantile(probability: float, freedom: float) -> float:
    """Return the quantile of Student's t distribution, e.g. ``t_quantile(0.975, 10) == 2.228``.

    Raises
    ------
    ValueError
        for a probability outside 0.5..1 or less than one degree of freedom.
    """
    # The function behind scipy.stats.t.ppf: scipy.stats itself takes half a second to import.
    from scipy.special import stdtrit

    if not 0.5 <= probability < 1 or freedom < 1:
        raise ValueError(f"expected 0.5 <= probability < 1 and freedom >= 1, not {probability} and {freedom}")
    return float(stdtrit(freedom, probability))
