"""The GL Accounts of five companies, each with what it is for, so that a chart's right account for it can be told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from hub.api import AccountKind

ASSET, COGS = AccountKind.ASSET, AccountKind.COGS
EXPENSE, LIABILITY = AccountKind.EXPENSE, AccountKind.LIABILITY


class Meant(NamedTuple):
    """A GL Account, and what it is for."""

    number: str
    name: str
    kind: AccountKind
    meant: str


COMPANIES: Mapping[str, Sequence[Meant]] = {
    "the demo": [
        Meant("1310", "Food Inventory", ASSET, "food inventory"),
        Meant("1320", "Dry Goods Inventory", ASSET, "dry inventory"),
        Meant("1330", "Prepared Food Inventory", ASSET, "prepared inventory"),
        Meant("1340", "Bar Inventory", ASSET, "bar inventory"),
        Meant("1350", "Wine Inventory", ASSET, "wine inventory"),
        Meant("1360", "Supplies Inventory", ASSET, "supplies inventory"),
        Meant("5010", "COGS Meat and Fish", COGS, "meat"),
        Meant("5020", "COGS Produce", COGS, "produce"),
        Meant("5030", "COGS Prepared Food", COGS, "prepared"),
        Meant("5040", "COGS Dry Goods", COGS, "dry"),
        Meant("5050", "COGS Food", COGS, "food"),
        Meant("5090", "Production Variance", COGS, "variance"),
        Meant("5110", "COGS Beer", COGS, "beer"),
        Meant("5120", "COGS Wine", COGS, "wine"),
        Meant("5130", "COGS Spirits", COGS, "spirits"),
        Meant("6210", "Paper and Supplies", EXPENSE, "supplies"),
    ],
    "a group": [
        Meant("1310", "Food Inventory", ASSET, "food inventory"),
        Meant("1340", "Liquor Inventory", ASSET, "liquor inventory"),
        Meant("1410", "Due from Sister Locations", ASSET, "due from"),
        Meant("2410", "Due to Sister Locations", LIABILITY, "due to"),
        Meant("5010", "COGS Meat", COGS, "meat"),
        Meant("5015", "COGS Meat Airport", COGS, "meat"),
        Meant("5020", "COGS Produce", COGS, "produce"),
        Meant("5030", "COGS Prep", COGS, "prepared"),
        Meant("5100", "COGS Liquor", COGS, "liquor"),
        Meant("5900", "Production Variance", COGS, "variance"),
    ],
    "one that shortens": [
        Meant("12100", "Food Inv", ASSET, "food inventory"),
        Meant("12200", "Bev. Inv.", ASSET, "beverage inventory"),
        Meant("12300", "Liq. Inv", ASSET, "liquor inventory"),
        Meant("12400", "Inv. - Wine", ASSET, "wine inventory"),
        Meant("12500", "Dry Goods Inv.", ASSET, "dry inventory"),
        Meant("12900", "Supp. Inv", ASSET, "supplies inventory"),
        Meant("50100", "COGS: Food", COGS, "food"),
        Meant("50200", "COS - Bev", COGS, "beverage"),
        Meant("50300", "C.O.G.S. Wine", COGS, "wine"),
        Meant("50400", "COGS Liq.", COGS, "liquor"),
        Meant("50500", "COGS Mdse", COGS, "merchandise"),
        Meant("50900", "Prod. Var.", COGS, "variance"),
        Meant("50950", "COGS Oth", COGS, "other"),
        Meant("51000", "Meats & Fish COGS", COGS, "meat"),
        Meant("51100", "COGS Dry Gds", COGS, "dry"),
        Meant("62000", "Paper & Supplies Exp.", EXPENSE, "supplies"),
    ],
    "an hotel": [
        Meant("110-01", "Raw Materials Inventory", ASSET, "raw inventory"),
        Meant("110-02", "Inventory In-Transit", ASSET, "transit inventory"),
        Meant("110-03", "Inventory in Production", ASSET, "production inventory"),
        Meant("110-04", "Kitchenware and Supplies", ASSET, "kitchenware inventory"),
        Meant("110-05", "Work in Progress", ASSET, "unfinished inventory"),
        Meant("110-00", "Inventories", ASSET, "all inventory"),
        Meant("500-00", "Cost of Goods Sold", COGS, "costs"),
        Meant("500-01", "Cost of Sales, Food", COGS, "food"),
        Meant("500-02", "Cost of Sales, Beverages", COGS, "beverage"),
        Meant("500-03", "Cost of Sales, Tobacco", COGS, "tobacco"),
        Meant("500-04", "Cost of Sales, Merchandise", COGS, "merchandise"),
        Meant("500-05", "Cost of Sales: Functions and Events", COGS, "events"),
        Meant("500-06", "Cost of Sales, Seafood", COGS, "seafood"),
        Meant("500-07", "Cost of Sales, Dairy", COGS, "dairy"),
        Meant("500-08", "Cost of Sales, Other", COGS, "other"),
        Meant("500-90", "COGS Variances", COGS, "variance"),
        Meant("500-91", "Stock Adjustments", COGS, "adjustment"),
        Meant("610-10", "Waste and Spoilage", EXPENSE, "waste"),
    ],
    "a corner bar": [
        Meant("1", "Beer", COGS, "beer"),
        Meant("2", "Wine", COGS, "wine"),
        Meant("3", "Spirits", COGS, "spirits"),
        Meant("4", "Soft Drinks", COGS, "soft"),
        Meant("5", "Food", COGS, "food"),
        Meant("11", "Stock Beer", ASSET, "beer inventory"),
        Meant("12", "Stock Wine", ASSET, "wine inventory"),
        Meant("14", "Stock Soft Drinks", ASSET, "soft inventory"),
        Meant("15", "Stock Food", ASSET, "food inventory"),
        Meant("16", "Stock Bar", ASSET, "bar inventory"),
    ],
}
