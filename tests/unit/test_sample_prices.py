"""The prices of the sample company: they are for what is there, and what the database accepts."""

from decimal import Decimal

from app.db.models.pricing import BASES, SCOPES, WEEKENDS
from app.domain.company.policy import bic, iban
from app.domain.pricing.fields import checked_steps
from app.sample.catalogue import read_catalogue
from app.sample.categories import read_categories
from app.sample.clients import read_clients
from app.sample.company import COMPANY
from app.sample.kits import read_kits
from app.sample.prices import read_prices


def test_rules_are_for_what_is_there() -> None:
    prices = read_prices()
    skus = {item.sku for item in read_catalogue()} | {kit.sku for kit in read_kits()}
    categories = {category.name for category in read_categories()}
    tables = {table["name"] for table in prices["factors"]}
    for price_list in prices["list"]:
        places = [(rule["scope"], rule.get("sku") or rule.get("category")) for rule in price_list["rule"]]
        assert len(places) == len(set(places))
        for rule in price_list["rule"]:
            assert rule["scope"] in SCOPES
            assert rule.get("basis", "day") in BASES
            assert rule.get("weekend", "days") in WEEKENDS
            known = rule.get("sku") in skus or rule.get("category") in categories
            assert known is (rule["scope"] != "everything")
            assert rule.get("factors") is None or (rule["factors"] in tables and "basis" not in rule)


def test_factors_rise_and_one_list_and_one_rate_are_the_default() -> None:
    prices = read_prices()
    for table in prices["factors"]:
        assert checked_steps(table["steps"]) == table["steps"]
    for kind in ("list", "tax"):
        assert sum(one.get("is_default", False) for one in prices[kind]) == 1


def test_terms_are_of_clients_and_the_bank_account_may_be() -> None:
    clients = {client.name for client in read_clients()}
    for discount in read_prices()["discount"]:
        assert discount["client"] in clients
        assert 0 <= Decimal(discount["percent"]) <= 100
    assert (iban(COMPANY.iban), bic(COMPANY.bic)) == (COMPANY.iban, COMPANY.bic)
