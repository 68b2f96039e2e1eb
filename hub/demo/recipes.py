"""What the demo company's commissary makes and sends out."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """One batch: the item made and its ingredients, each with a quantity in the item's own unit.

    at_standard_cost: the output is valued at its standard cost, so that a production variance is left.
    """

    output: str
    quantity: str
    inputs: tuple[tuple[str, str], ...]
    at_standard_cost: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """Goods that go from one site to another on the same day of every month."""

    day: int
    from_site: str
    to_site: str
    goods: tuple[tuple[str, str], ...]


RECIPES = (
    Recipe(
        output="Marinara",
        quantity="40",
        inputs=(
            ("Tomatoes San Marzano #10", "12"),
            ("Garlic peeled", "2"),
            ("Olive oil extra virgin 3 L", "0.5"),
            ("Basil fresh", "1"),
        ),
    ),
    Recipe(
        output="Pulled pork",
        quantity="30",
        inputs=(("Pork shoulder boneless", "50"), ("Brown sugar", "3"), ("Kosher salt 3 lb", "0.5")),
    ),
    Recipe(
        output="Braised short rib",
        quantity="20",
        inputs=(("Beef short rib bone-in", "32"), ("Onions yellow 50 lb", "0.5"), ("Carrots jumbo 25 lb", "0.5")),
        at_standard_cost=True,
    ),
    Recipe(
        output="Pizza dough ball 9 oz",
        quantity="200",
        inputs=(("Bread flour 50 lb", "2"), ("Olive oil extra virgin 3 L", "0.75"), ("Kosher salt 3 lb", "1")),
    ),
    Recipe(
        output="Ricotta cheesecake",
        quantity="12",
        inputs=(
            ("Ricotta whole milk", "24"),
            ("Cream cheese", "12"),
            ("Eggs large 15 dz", "1"),
            ("Granulated sugar 50 lb", "0.25"),
        ),
    ),
    Recipe(
        output="Chicken stock",
        quantity="60",
        inputs=(
            ("Chicken whole 3.5 lb", "8"),
            ("Carrots jumbo 25 lb", "0.5"),
            ("Celery 30 ct", "0.25"),
            ("Onions yellow 50 lb", "0.5"),
            ("Thyme fresh", "0.5"),
        ),
    ),
    Recipe(
        output="Brisket smoked",
        quantity="24",
        inputs=(("Beef brisket", "40"), ("Kosher salt 3 lb", "1"), ("Peppercorns black", "1")),
        at_standard_cost=True,
    ),
    Recipe(
        output="Chocolate torte",
        quantity="12",
        inputs=(
            ("Chocolate 64% callets", "10"),
            ("Butter unsalted", "10"),
            ("Eggs large 15 dz", "0.75"),
            ("Granulated sugar 50 lb", "0.25"),
        ),
    ),
    Recipe(
        output="Basil pesto",
        quantity="12",
        inputs=(
            ("Basil fresh", "4"),
            ("Parmesan wheel cut", "4"),
            ("Olive oil extra virgin 3 L", "0.5"),
            ("Almonds sliced", "2"),
        ),
    ),
)

DELIVERIES = (
    Delivery(
        day=8,
        from_site="CK",
        to_site="DT",
        goods=(("Marinara", "16"), ("Chicken stock", "20"), ("Pizza dough ball 9 oz", "120"), ("Pulled pork", "14")),
    ),
    Delivery(
        day=9,
        from_site="CK",
        to_site="HB",
        goods=(("Marinara", "12"), ("Chicken stock", "16"), ("Pizza dough ball 9 oz", "80"), ("Basil pesto", "4")),
    ),
    Delivery(
        day=15,
        from_site="DT",
        to_site="HB",
        goods=(("House white", "12"), ("Lager 12 oz", "24")),
    ),
    Delivery(
        day=22,
        from_site="CK",
        to_site="DT",
        goods=(("Braised short rib", "12"), ("Brisket smoked", "10"), ("Chocolate torte", "4"), ("Garlic peeled", "5")),
    ),
    Delivery(
        day=23,
        from_site="CK",
        to_site="HB",
        goods=(("Brisket smoked", "6"), ("Ricotta cheesecake", "4"), ("Focaccia half sheet", "5")),
    ),
)

PENDING = Delivery(
    day=30,
    from_site="HB",
    to_site="DT",
    goods=(("Rose Provence", "12"), ("Sparkling brut", "6")),
)
"""Sent in the last month and not yet approved by the receiving site."""
