"""What a customer sets for a connection that makes files."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator, model_validator

from hub.api import minor_digits

CLASS_SEPARATOR = ";"


class LayoutName(StrEnum):
    """The layouts a file can be written in."""

    IIF = "iif"
    QUICKBOOKS_ONLINE = "quickbooks-online"
    XERO = "xero"
    NETSUITE = "netsuite"
    SAGE_INTACCT = "sage-intacct"
    SAGE_50 = "sage-50"
    GENERIC = "generic"


class DateFormat(StrEnum):
    """How a file writes dates; MMM is the English month in three letters."""

    MONTH_FIRST = "MM/DD/YYYY"
    DAY_FIRST = "DD/MM/YYYY"
    MONTH_FIRST_SHORT = "MM/DD/YY"
    MONTH_NAME = "DD MMM YYYY"
    ISO = "YYYY-MM-DD"


def _nothing_if_empty(value: object) -> object:
    """An empty text, as forms and the command line send it, means "not set"."""
    return None if value == "" else value


def _iso_date(value: object) -> object:
    """A day as text is ISO 8601 and nothing else, above all not a count of seconds."""
    if not isinstance(value, str) or not value:
        return _nothing_if_empty(value)
    try:
        return date.fromisoformat(value.strip())
    except ValueError:
        raise ValueError("it must be a date such as 2026-10-31") from None


Unset = BeforeValidator(_nothing_if_empty)


class Settings(BaseModel):
    """How files are written for one set of books."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True, str_strip_whitespace=True)

    layout: LayoutName = Field(
        default=LayoutName.IIF, title="Layout", description="The program that imports the files."
    )
    currency: Annotated[str | None, Unset] = Field(
        default=None, title="Currency", description="The base currency of the books, such as USD."
    )
    closed_through: Annotated[date | None, BeforeValidator(_iso_date)] = Field(
        default=None,
        title="Closed through",
        description="The last day of the last closed period; nothing is dated up to it.",
    )
    date_format: Annotated[DateFormat | None, Unset] = Field(
        default=None, title="Date format", description="As the program expects dates; empty: as usual for the layout."
    )
    max_lines: Annotated[int | None, Unset] = Field(
        default=None, ge=2, title="Lines per journal", description="Where your program takes another number than usual."
    )
    classes: str = Field(
        default="",
        title="Classes",
        description="IIF: the classes that exist in the company file, with ; between them.",
    )
    tax_rate: str = Field(
        default="Tax Exempt",
        min_length=1,
        title="Tax rate",
        description="Xero: the tax rate's full name on every line.",
    )
    journal: str = Field(
        default="GJ",
        min_length=1,
        title="Journal",
        description="Sage Intacct: the id of the journal that entries go to.",
    )

    @field_validator("currency")
    @classmethod
    def _known_currency(cls, value: str | None) -> str | None:
        try:
            minor_digits(value or "USD")
        except ValueError:
            raise ValueError("it must be a currency code of ISO 4217, such as USD") from None
        return value

    @field_validator("classes")
    @classmethod
    def _printable_classes(cls, value: str) -> str:
        if not value.isprintable():
            raise ValueError("class names have no tabs, line breaks or invisible characters")
        return value

    @model_validator(mode="after")
    def _generic_dates_are_iso(self) -> Settings:
        if self.layout is LayoutName.GENERIC and self.date_format not in (None, DateFormat.ISO):
            raise ValueError("this layout always writes dates as YYYY-MM-DD; leave date_format empty")
        return self

    @property
    def known_classes(self) -> tuple[str, ...]:
        """The classes that exist in the company file, in the order given, each once."""
        names = (name.strip() for name in self.classes.split(CLASS_SEPARATOR))
        return tuple(dict.fromkeys(name for name in names if name))
