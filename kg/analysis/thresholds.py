"""The named limits of the tests. They are settings: none is a truth about industry."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from kg import settings

HORIZON_YEARS = 20
PIPELINE_HORIZON_YEARS = 10


@dataclass(frozen=True, slots=True)
class Horizon:
    """How many years a statement about the present, and one about what is coming, stays good."""

    present: int = HORIZON_YEARS
    pipeline: int = PIPELINE_HORIZON_YEARS


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Limits of the tests; shares lie between 0 and 1.

    Attributes
    ----------
    coverage
        A product whose local capacity is below this share of local need is weak.
    single_group_share
        A product of which one controlling group holds at least this share is weak.
    blank
        A chain with a smaller share of its reference stages present is blank.
    horizon_years
        A statement older than this many years is not taken for the present.
    pipeline_horizon_years
        A project, or a planned capacity, without word for this many years is not taken to be coming.
    """

    coverage: Decimal = Decimal("0.5")
    single_group_share: Decimal = Decimal("0.8")
    blank: Decimal = Decimal("0.2")
    horizon_years: int = HORIZON_YEARS
    pipeline_horizon_years: int = PIPELINE_HORIZON_YEARS

    def horizon(self) -> Horizon:
        """Return the two horizons."""
        return Horizon(self.horizon_years, self.pipeline_horizon_years)

    @classmethod
    def from_settings(cls) -> Thresholds:
        """Return the limits in force."""
        return cls(
            Decimal(str(settings.number("coverage_threshold"))),
            Decimal(str(settings.number("single_group_share"))),
            Decimal(str(settings.number("blank_threshold"))),
            int(settings.number("fact_horizon_years")),
            int(settings.number("pipeline_horizon_years")),
        )
