"""Kind of business of a feature, out of the twelve that a support circle is made of."""

from __future__ import annotations

from collections.abc import Mapping

from layers.intake.osm.tags import Tags

_BUSINESSES: Mapping[str, Mapping[str, str]] = {
    "medical": {
        "amenity": "pharmacy clinic hospital doctors dentist",
        "healthcare": "pharmacy clinic hospital doctor dentist centre physiotherapist rehabilitation",
        "office": "physician", "shop": "medical_supply optician hearing_aids",
    },
    "elderly": {
        "amenity": "nursing_home retirement_home", "social_facility": "nursing_home assisted_living day_care hospice",
    },
    "transport": {
        "amenity": "bus_station fuel charging_station taxi ferry_terminal car_rental",
        "railway": "station halt", "public_transport": "station", "shop": "car_repair tyres bicycle",
    },
    "culture": {
        "amenity": "theatre cinema arts_centre", "tourism": "museum gallery attraction zoo theme_park",
    },
    "catering": {"amenity": "restaurant cafe fast_food food_court bar pub biergarten ice_cream"},
    "lodging": {"tourism": "hotel guest_house hostel motel apartment chalet"},
    "shopping": {
        "amenity": "marketplace",
        "shop": "supermarket convenience general department_store mall grocery greengrocer butcher bakery deli "
                "seafood dairy pastry confectionery beverages alcohol tea tobacco kiosk variety_store wholesale "
                "farm health_food chemist cosmetics clothes shoes fashion boutique bag jewelry watches hardware "
                "doityourself houseware furniture interior_decoration electronics computer appliance stationery "
                "books newsagent toys sports outdoor gift florist garden_centre agrarian pet baby_goods",
    },
    "finance": {"amenity": "bank atm bureau_de_change money_transfer", "office": "insurance"},
    "telecom": {"amenity": "post_office", "shop": "mobile_phone telecommunication", "office": "telecommunication"},
    "education": {
        "amenity": "school kindergarten college university library driving_school training language_school "
                   "music_school",
    },
    "legal": {"office": "lawyer notary"},
    "household": {
        "shop": "laundry dry_cleaning hairdresser locksmith tailor",
        "craft": "plumber electrician locksmith cleaning shoemaker tailor",
    },
}
_BUSINESS = {
    (key, value): business
    for business, keys in _BUSINESSES.items() for key, values in keys.items() for value in values.split()
}
KEYS = tuple(dict.fromkeys(key for key, _ in _BUSINESS))
"""Keys that can make a feature a support point, in the order in which they are asked."""


def business_of(tags: Tags) -> str | None:
    """Kind of business, None for anything else; of several tags the one under the first key counts."""
    for key in KEYS:
        for value in tags.get(key, "").split(";"):
            if business := _BUSINESS.get((key, value.strip())):
                return business
    return None
