"""Support points: merchants, posts, windows and other places that take part in a support circle."""

from __future__ import annotations

from layers.schema import Field, Kind, Label, Layer, Rule
from layers.vocabulary import BUSINESS, SUPPORT_KIND, identifier, name, precision

SUPPORT_POINTS = Layer(
    name="support_points",
    label=Label("拥军服务点", "Support points"),
    geometry=("Point", "LineString", "MultiLineString"),
    fields=(
        identifier(),
        name(),
        Field(name="kind", label=Label("类别", "Kind"), kind=Kind.CHOICE, required=True, vocabulary=SUPPORT_KIND),
        Field(name="business", label=Label("业态", "Business"), kind=Kind.CHOICE, vocabulary=BUSINESS),
        Field(name="offer", label=Label("优惠内容", "Offer")),
        Field(name="agreement_from", label=Label("协议起", "Agreement from"), kind=Kind.DATE),
        Field(name="agreement_to", label=Label("协议止", "Agreement to"), kind=Kind.DATE),
        Field(name="address", label=Label("地址", "Address")),
        precision(),
    ),
    rules=(
        Rule("period", "agreement_to", Label("协议止早于协议起", "the agreement ends before it begins"),
             lambda t: t["agreement_to"] < t["agreement_from"]),
        Rule("merchant_business", "business", Label("商户须填业态", "a merchant needs its kind of business"),
             lambda t: (t["kind"] == "merchant") & t["business"].isna()),
    ),
)
