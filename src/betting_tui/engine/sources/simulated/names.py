"""Who plays: invented towns, teams and players. None of them is a real club or person."""

from __future__ import annotations

_TOWNS = (
    "Port Alder", "Redhaven", "Kingsmere", "Silverford", "North Quay", "Eastmoor", "Calder Bay", "Ironbridge Falls",
    "Maple Hollow", "Stonewick", "Lakemont", "Vale City", "Copper Ridge", "Westerly", "Granite Harbor", "Foxglen",
    "Pinecrest", "Sable Point", "Amberton", "Harrow Creek", "Larkspur", "Dunmere", "Saltmarsh", "High Tarn",
    "Brackenridge", "Orchard Bend", "Thornbury", "Windrush",
)  # fmt: skip

_BASKETBALL = (
    "Herons", "Comets", "Monarchs", "Foundry", "Tidebreakers", "Griffins", "Ferrymen", "Cascade",
    "Woodsmen", "Sentinels", "Skyline", "Valiants", "Prospectors", "Zephyrs", "Lighthouse", "Night Foxes",
    "Timberline", "Fencers", "Embers", "Otters", "Meteors", "Knights Errant", "Flamingos", "Summit",
    "Stags", "Harvest", "Thorns", "Runners",
)  # fmt: skip

_ICE_HOCKEY = (
    "Icebreakers", "Frost", "Crown", "Steelheads", "Polar Bears", "Moorhens", "Bay Wolves", "Anvils",
    "Lumberjacks", "Ramparts", "Blizzard", "Glaciers", "Miners", "Gales", "Trawlers", "Silver Foxes",
    "Evergreens", "Black Martens", "Furnace", "Snow Owls", "Northern Larks", "Drakes", "Pike", "Sled Dogs",
    "Elks", "Ciders", "Briars", "Whitecaps",
)  # fmt: skip

_AMERICAN_FOOTBALL = (
    "Longshoremen", "Red Kites", "Barons", "Ironclads", "Harpooners", "Highlanders", "Breakers", "Thunderhawks",
    "Woodguard", "Bastions", "Bullfrogs", "Valemen", "Rustlers", "Tempest", "Quarrymen", "Foxhounds",
    "Sawyers", "Corsairs", "Phoenixes", "Badgers", "Amber Shields", "Dragoons", "Watchmen", "Marsh Hawks",
    "Wild Boars", "Ploughmen", "Bramble Horse", "Outriders",
)  # fmt: skip

_BASEBALL = (
    "Dockers", "Red Caps", "Kingfishers", "Silver Stockings", "Lamplighters", "Moonrakers", "Cutters", "Hammers",
    "Mapletops", "Masons", "Loons", "Velvet Hats", "Coppers", "Westerlies", "Granite Boys", "Foxgloves",
    "Pine Tars", "Sand Pipers", "Amber Jackets", "Harriers", "Songbirds", "Duns", "Salters", "Peaks",
    "Fiddleheads", "Applejacks", "Nettles", "Windmills",
)  # fmt: skip

_SOCCER = (
    "Alderwick Town", "Brindle Rovers", "Castlemoor United", "Dunmere Albion", "Eastwold City", "Fernleigh Athletic",
    "Gorseby Wanderers", "Hartsmere Rangers", "Inglewood Vale", "Jarrowfield", "Kestrel Park", "Lowmarsh United",
    "Merrivale", "Nethergate City", "Oxbridge Harriers", "Penhallow Town", "Quarrington", "Ravensholme",
    "Saltaire Bay", "Tarnwick Albion", "Underhill Rovers", "Vixley Town", "Westmarch United", "Yarrowdale",
    "Ashcombe County", "Blackmere City", "Cobblestone Athletic", "Thistledown",
)  # fmt: skip

_TENNIS = (
    "Adrian Velcourt", "Bastien Morvane", "Caspar Lindqvall", "Dario Fontessi", "Emil Hagström", "Felipe Arandaz",
    "Goran Petrash", "Hugo Delmarre", "Ivo Kastanek", "Joaquin Belverde", "Kenji Morisawa", "Luca Santorelli",
    "Mateus Oliverra", "Niklas Vorberg", "Oskar Tynholm", "Pavel Drozhin", "Quentin Ashdown", "Rafe Calloway",
    "Stellan Brakke", "Tomas Wierzba", "Ulrik Sandvold", "Viktor Szarvas", "Wesley Okonjo", "Xavi Montroig",
    "Yannis Kalveras", "Zoltan Feherkut", "Anders Holmgard", "Callum Strathmoor",
)  # fmt: skip

BASKETBALL_TEAMS = tuple(f"{town} {name}" for town, name in zip(_TOWNS, _BASKETBALL, strict=True))
ICE_HOCKEY_TEAMS = tuple(f"{town} {name}" for town, name in zip(_TOWNS, _ICE_HOCKEY, strict=True))
AMERICAN_FOOTBALL_TEAMS = tuple(f"{town} {name}" for town, name in zip(_TOWNS, _AMERICAN_FOOTBALL, strict=True))
BASEBALL_TEAMS = tuple(f"{town} {name}" for town, name in zip(_TOWNS, _BASEBALL, strict=True))
SOCCER_TEAMS = _SOCCER
TENNIS_PLAYERS = _TENNIS
