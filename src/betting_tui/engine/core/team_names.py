"""Teams and what else they are called, as data. A team listed here is never taken for another one listed here.

Each section holds for the sport keys that begin with its name. A row is a team by the name The Odds API gives it,
then its other names. Spelling that `matching` reads alike by itself (case, accents, FC, &) needs no row.
"""

from __future__ import annotations

TEAMS: dict[str, str] = {
    "basketball_nba": """
        Atlanta Hawks; Boston Celtics; Brooklyn Nets; Charlotte Hornets; Chicago Bulls; Cleveland Cavaliers|Cavs
        Dallas Mavericks|Mavs; Denver Nuggets; Detroit Pistons; Golden State Warriors; Houston Rockets; Indiana Pacers
        Los Angeles Clippers|LA Clippers|LAC; Los Angeles Lakers|LA Lakers|LAL; Memphis Grizzlies; Miami Heat
        Milwaukee Bucks; Minnesota Timberwolves|Wolves; New Orleans Pelicans; New York Knicks; Oklahoma City Thunder
        Orlando Magic; Philadelphia 76ers|Sixers; Phoenix Suns; Portland Trail Blazers|Blazers; Sacramento Kings
        San Antonio Spurs; Toronto Raptors; Utah Jazz; Washington Wizards
    """,
    "basketball_wnba": """
        Atlanta Dream; Chicago Sky; Connecticut Sun; Dallas Wings; Golden State Valkyries; Indiana Fever
        Las Vegas Aces; Los Angeles Sparks|LA Sparks; Minnesota Lynx; New York Liberty; Phoenix Mercury; Portland Fire
        Seattle Storm; Toronto Tempo; Washington Mystics
    """,
    "americanfootball_nfl": """
        Arizona Cardinals; Atlanta Falcons; Baltimore Ravens; Buffalo Bills; Carolina Panthers; Chicago Bears
        Cincinnati Bengals; Cleveland Browns; Dallas Cowboys; Denver Broncos; Detroit Lions; Green Bay Packers
        Houston Texans; Indianapolis Colts; Jacksonville Jaguars; Kansas City Chiefs; Las Vegas Raiders|Oakland Raiders
        Los Angeles Chargers|LA Chargers|San Diego Chargers; Los Angeles Rams|LA Rams|St Louis Rams; Miami Dolphins
        Minnesota Vikings; New England Patriots; New Orleans Saints; New York Giants; New York Jets
        Philadelphia Eagles; Pittsburgh Steelers; San Francisco 49ers|Niners; Seattle Seahawks; Tampa Bay Buccaneers
        Tennessee Titans; Washington Commanders|Washington Football Team|Washington Redskins
    """,
    "icehockey_nhl": """
        Anaheim Ducks; Boston Bruins; Buffalo Sabres; Calgary Flames; Carolina Hurricanes; Chicago Blackhawks
        Colorado Avalanche; Columbus Blue Jackets; Dallas Stars; Detroit Red Wings; Edmonton Oilers; Florida Panthers
        Los Angeles Kings|LA Kings; Minnesota Wild; Montreal Canadiens; Nashville Predators; New Jersey Devils
        New York Islanders; New York Rangers; Ottawa Senators; Philadelphia Flyers; Pittsburgh Penguins
        San Jose Sharks; Seattle Kraken; St Louis Blues; Tampa Bay Lightning; Toronto Maple Leafs
        Utah Mammoth|Utah Hockey Club; Arizona Coyotes; Vancouver Canucks; Vegas Golden Knights; Washington Capitals
        Winnipeg Jets
    """,
    "baseball_mlb": """
        Arizona Diamondbacks|D-backs; Athletics|Oakland Athletics|Oakland A's|Sacramento Athletics|Las Vegas Athletics
        Atlanta Braves; Baltimore Orioles; Boston Red Sox; Chicago Cubs; Chicago White Sox; Cincinnati Reds
        Cleveland Guardians|Cleveland Indians; Colorado Rockies; Detroit Tigers; Houston Astros; Kansas City Royals
        Los Angeles Angels|LA Angels|Anaheim Angels; Los Angeles Dodgers|LA Dodgers; Miami Marlins; Milwaukee Brewers
        Minnesota Twins; New York Mets; New York Yankees; Philadelphia Phillies; Pittsburgh Pirates; San Diego Padres
        San Francisco Giants; Seattle Mariners; St Louis Cardinals; Tampa Bay Rays; Texas Rangers; Toronto Blue Jays
        Washington Nationals
    """,
    "soccer": """
        Arsenal; Aston Villa; Bournemouth; Brentford; Brighton and Hove Albion|Brighton; Burnley; Chelsea
        Crystal Palace; Everton; Fulham; Leeds United|Leeds; Liverpool; Manchester City|Man City
        Manchester United|Man United|Man Utd; Newcastle United|Newcastle; Nottingham Forest|Nott'm Forest|Notts Forest
        Notts County; Sunderland; Tottenham Hotspur|Tottenham|Spurs; West Ham United|West Ham
        Wolverhampton Wanderers|Wolves; Birmingham City|Birmingham; Blackburn Rovers|Blackburn; Bolton Wanderers|Bolton
        Bristol City; Bristol Rovers; Charlton Athletic|Charlton; Coventry City|Coventry; Derby County|Derby
        Hull City|Hull; Ipswich Town|Ipswich; Leicester City|Leicester; Luton Town|Luton; Middlesbrough; Millwall
        Norwich City|Norwich; Oxford United|Oxford; Oxford City; Plymouth Argyle|Plymouth; Portsmouth
        Preston North End|Preston; Queens Park Rangers|QPR; Queens Park; Reading; Rotherham United|Rotherham
        Sheffield United; Sheffield Wednesday|Sheffield Weds; Southampton; Stoke City|Stoke; Swansea City|Swansea
        Cardiff City|Cardiff; Watford; West Bromwich Albion|West Brom; Wigan Athletic|Wigan; Wrexham
        Burton Albion|Burton; Cambridge United|Cambridge; Cambridge City; Wycombe Wanderers|Wycombe
        Celtic; Rangers|Glasgow Rangers; Aberdeen; Dundee; Dundee United|Dundee Utd; Hibernian|Hibs
        Heart of Midlothian|Hearts; Motherwell; Kilmarnock; St Johnstone; St Mirren
        Alaves|Deportivo Alaves; Almeria; Athletic Bilbao|Athletic Club|Ath Bilbao
        Atletico Madrid|Ath Madrid|Atletico de Madrid|Club Atletico de Madrid; Barcelona
        Barcelona B|Barcelona Atletic; Real Betis|Betis|Real Betis Balompie; Cadiz; Celta Vigo|Celta|Celta de Vigo
        Eibar; Elche; Espanyol|Espanol|RCD Espanyol de Barcelona; Getafe; Girona; Granada; Huesca; Las Palmas; Leganes
        Levante; Mallorca|Real Mallorca; Osasuna; Oviedo|Real Oviedo; Real Madrid; Sevilla
        Real Sociedad|Sociedad; Valencia; Valladolid|Real Valladolid; Rayo Vallecano|Vallecano; Villarreal
        Real Zaragoza|Zaragoza; Sporting Gijon|Sp Gijon; Racing Santander|Santander; Deportivo La Coruna|La Coruna
        Bayern Munich|FC Bayern Munchen|Bayern; TSV 1860 Munich|1860 Munich; Borussia Dortmund|Dortmund
        Borussia Monchengladbach|M'gladbach|Monchengladbach; Bayer Leverkusen|Leverkusen; RB Leipzig
        Eintracht Frankfurt|Ein Frankfurt; FSV Mainz 05|Mainz; 1. FC Koln|FC Koln|FC Cologne|Cologne
        1. FC Heidenheim|1. FC Heidenheim 1846|Heidenheim; TSG Hoffenheim|Hoffenheim|TSG 1899 Hoffenheim
        Union Berlin|1. FC Union Berlin; Hertha Berlin|Hertha BSC|Hertha; Werder Bremen; VfL Wolfsburg|Wolfsburg
        VfB Stuttgart|Stuttgart; SC Freiburg|Freiburg; Augsburg; VfL Bochum|Bochum; FC St. Pauli|St Pauli; Holstein Kiel
        Hamburger SV|Hamburg|Hamburg SV; Fortuna Dusseldorf; Fortuna Koln; FC Schalke 04|Schalke 04|Schalke
        Hannover 96|Hannover; SV Darmstadt 98|Darmstadt; Arminia Bielefeld|Bielefeld; Greuther Furth
        Inter Milan|Inter|Internazionale|FC Internazionale Milano; AC Milan|Milan; Juventus; AS Roma|Roma; Lazio
        Napoli; Atalanta BC|Atalanta; Fiorentina; Bologna; Torino; Udinese; Hellas Verona|Verona; Genoa; Sampdoria
        Cagliari; Lecce; Monza; Empoli; Sassuolo; Parma; Como; Pisa; Venezia; Cremonese; Salernitana; Spezia
        Paris Saint Germain|Paris SG|PSG; Paris FC; Marseille|Olympique Marseille|Olympique de Marseille
        Lyon|Olympique Lyonnais; AS Monaco; Lille|LOSC Lille|LOSC; Nice|OGC Nice; RC Lens
        Rennes|Stade Rennais; Strasbourg|RC Strasbourg Alsace; Reims|Stade de Reims
        Brest|Stade Brestois|Stade Brestois 29; Nantes; Toulouse; Saint Etienne|AS Saint-Etienne; Le Havre; Angers
        Auxerre|AJ Auxerre; Ajax; Jong Ajax; PSV Eindhoven|PSV; FC Eindhoven; Feyenoord; AZ Alkmaar|AZ
        Sparta Rotterdam; Sparta Prague|Sparta Praha; Slavia Prague|Slavia Praha; Benfica|SL Benfica
        Sporting CP|Sporting Lisbon|Sp Lisbon|Sporting Clube de Portugal; Braga|SC Braga|Sp Braga|Sporting Braga
        FC Porto|Porto; Vitoria Guimaraes|Guimaraes|Vitoria SC; Club Brugge; Cercle Brugge; Anderlecht|RSC Anderlecht
        Gent|KAA Gent; Union Saint-Gilloise|St. Gilloise; Galatasaray; Fenerbahce; Besiktas
        Istanbul Basaksehir|Buyuksehyr|Basaksehir; Olympiakos Piraeus|Olympiacos|Olympiakos; Panathinaikos
        Los Angeles FC|LAFC; LA Galaxy|Los Angeles Galaxy; New York City FC|New York City|NYCFC
        New York Red Bulls|Red Bull New York; Inter Miami CF|Inter Miami; Sporting Kansas City|Sporting KC
        Chicago Fire; DC United|D.C. United; CF Montreal|Montreal Impact; St. Louis City SC|St Louis City
        Minnesota United; Atlanta United|Atlanta Utd
        Sydney FC|Sydney; Western Sydney Wanderers; Melbourne City; Melbourne Victory
        Atletico Mineiro|Atletico-MG|Atletico MG; Athletico Paranaense|Atletico Paranaense|Athletico-PR
        Atletico Goianiense; Atletico Nacional; Universidad de Chile; Universidad Catolica; Estudiantes
        Internacional|Internacional RS; Nacional|Nacional Montevideo; Independiente; Independiente del Valle
        Independiente Medellin; Racing Club|Racing Club Avellaneda; River Plate; River Plate Montevideo; Barcelona SC
        Everton de Vina del Mar|Everton Vina del Mar; Liverpool Montevideo; Arsenal Sarandi|Arsenal de Sarandi
        America Mineiro|America MG; Club America; America de Cali; Santos; Santos Laguna
        South Korea|Korea Republic|Republic of Korea; North Korea|Korea DPR; United States|USA|USMNT
        Czechia|Czech Republic
        Iran|IR Iran; Iraq; Turkey|Turkiye; Ivory Coast|Cote d'Ivoire; Cape Verde|Cabo Verde; China|China PR
        DR Congo|Congo DR|Democratic Republic of Congo; Congo|Congo Brazzaville; Ireland|Republic of Ireland
        Northern Ireland; Bosnia and Herzegovina|Bosnia-Herzegovina; North Macedonia|Macedonia; Austria; Australia
        Niger; Nigeria; Mali; Malawi; Malta; Guinea; Guinea-Bissau; Equatorial Guinea; Papua New Guinea
        Dominica; Dominican Republic; Gambia|The Gambia; Zambia; Sudan; South Sudan; South Africa; Slovakia; Slovenia
        Lithuania; Latvia; India; Indonesia; Samoa; American Samoa; Mauritania; Mauritius; Eswatini|Swaziland
    """,
}

# Words that make another side of the same club. `w` and `b` count at the end of a name only.
WOMEN = frozenset(
    "women womens woman ladies wfc femenino femenina femenil feminine feminin feminino femminile frauen vrouwen fem "
    "damer kvinner".split()
)
YOUTH = frozenset("youth primavera academy juvenil".split())
RESERVES = frozenset("reserves reserve castilla jong ii iii".split())
# How first teams begin whose names look like those of another side.
FIRST_TEAMS = ("willem ii",)

# Letters of a club's form, not of its name.
CLUB_FORMS = frozenset("fc afc cf sc ac as ssc ss us sv vfb vfl tsg rc rcd ud cd ca sd bc fk if bk fsv club de".split())
# Names that are somebody else's, or nobody's, without those letters.
WHOLE_NAMES = frozenset({"paris fc", "fc eindhoven", "ac milan", "barcelona sc"})

# Words that make another place or school of a shorter name: Michigan is not Michigan State.
DIVIDING = frozenset(
    "state tech northern southern eastern western central north south east west northeast northwest southeast "
    "southwest international poly christian atlantic coastal".split()
)
