"""Price lists, factor tables and tax rates in the API."""

from litestar import Response, post
from litestar.params import JSONBody

from app.db.models import PriceRule
from app.domain.pricing import service
from app.domain.pricing.api_queries import (
    FACTORS,
    LISTS,
    RULES,
    TAXES,
    provide_list_filter,
    provide_table_filter,
    provide_tax_filter,
)
from app.domain.pricing.api_schemas import (
    ChangedFactors,
    ChangedList,
    ChangedRule,
    ChangedTax,
    CopiedList,
    FactorsRecord,
    ListRecord,
    NewFactors,
    NewList,
    NewRule,
    NewTax,
    RuleRecord,
    TaxRecord,
)
from app.domain.pricing.price_api import get_price
from app.web.api import Answer, api_router
from app.web.api_routes import Routes
from app.web.parameters import PathId, Work
from app.web.permissions import MONEY_READ, PRICE_WRITE

IN_LIST = "/price-lists/{price_list_id:int}/rules"
LIST = Routes("price_list", ListRecord, LISTS, read=MONEY_READ, write=PRICE_WRITE)
RULE = Routes("price_rule", RuleRecord, RULES, read=MONEY_READ, write=PRICE_WRITE)
TABLE = Routes("factor_table", FactorsRecord, FACTORS, read=MONEY_READ, write=PRICE_WRITE)
TAX = Routes("tax_rate", TaxRecord, TAXES, read=MONEY_READ, write=PRICE_WRITE)


@post("/price-lists/{price_list_id:int}/copies", capability=PRICE_WRITE)
async def copy_price_list(
    work: Work, price_list_id: PathId, data: JSONBody[CopiedList]
) -> Response[Answer[ListRecord]]:
    """Add a price list with the same rules under another name."""
    made = await service.copy_list(work, price_list_id, data.name)
    return await LISTS.created(work.session, made.id)


API = api_router(
    "Prices",
    [
        get_price,
        LIST.listing("List price lists: filtered, sorted, page by page.", provide_list_filter),
        LIST.creation(NewList, service.create_list, "Add a price list without rules."),
        LIST.single(),
        LIST.change(ChangedList, service.edit_list),
        LIST.deletion(service.delete_list, "Delete a price list that nobody has."),
        LIST.restoration(service.restore_list),
        copy_price_list,
        RULE.listing_in(IN_LIST, LISTS, PriceRule.price_list_id, "List the rules of a price list."),
        RULE.creation_in(IN_LIST, NewRule, service.create_rule, "Add a rule to a price list.", verb="add"),
        RULE.single(),
        RULE.change(ChangedRule, service.edit_rule),
        RULE.deletion(service.delete_rule, "Delete a rule."),
        RULE.restoration(service.restore_rule),
        TABLE.listing("List factor tables.", provide_table_filter),
        TABLE.creation(NewFactors, service.create_table, "Add a factor table."),
        TABLE.single(),
        TABLE.change(ChangedFactors, service.edit_table),
        TABLE.deletion(service.delete_table, "Delete a factor table that no rule uses."),
        TABLE.restoration(service.restore_table),
        TAX.listing("List rates of tax.", provide_tax_filter),
        TAX.creation(NewTax, service.create_tax, "Add a rate of tax."),
        TAX.single(),
        TAX.change(ChangedTax, service.edit_tax),
        TAX.deletion(service.delete_tax, "Delete a rate of tax: what had it has the default one."),
        TAX.restoration(service.restore_tax),
    ],
)
