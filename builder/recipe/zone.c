/* SPDX-License-Identifier: MIT */
#include "recipe/zone.h"

#include <string.h>

#include "base/arena.h"
#include "base/mem.h"
#include "base/text.h"

struct area {
	const char *name, *places; /* name "": places have no area */
};

/* tzdata 2026f (public domain), split as in Debian: tzdata, and tzdata-legacy since Debian 13. */
static const struct area current[] = {
	{ "", "GMT UTC" },
	{ "Africa",
	  "Abidjan Accra Addis_Ababa Algiers Asmara Bamako Bangui Banjul Bissau Blantyre Brazzaville "
	  "Bujumbura Cairo Casablanca Ceuta Conakry Dakar Dar_es_Salaam Djibouti Douala El_Aaiun Freetown "
	  "Gaborone Harare Johannesburg Juba Kampala Khartoum Kigali Kinshasa Lagos Libreville Lome Luanda "
	  "Lubumbashi Lusaka Malabo Maputo Maseru Mbabane Mogadishu Monrovia Nairobi Ndjamena Niamey "
	  "Nouakchott Ouagadougou Porto-Novo Sao_Tome Timbuktu Tripoli Tunis Windhoek" },
	{ "America",
	  "Adak Anchorage Anguilla Antigua Araguaina Argentina/Buenos_Aires Argentina/Catamarca "
	  "Argentina/Cordoba Argentina/Jujuy Argentina/La_Rioja Argentina/Mendoza Argentina/Rio_Gallegos "
	  "Argentina/Salta Argentina/San_Juan Argentina/San_Luis Argentina/Tucuman Argentina/Ushuaia Aruba "
	  "Asuncion Atikokan Atka Bahia Bahia_Banderas Barbados Belem Belize Blanc-Sablon Boa_Vista Bogota "
	  "Boise Cambridge_Bay Campo_Grande Cancun Caracas Cayenne Cayman Chicago Chihuahua Ciudad_Juarez "
	  "Coral_Harbour Costa_Rica Coyhaique Creston Cuiaba Curacao Danmarkshavn Dawson Dawson_Creek Denver "
	  "Detroit Dominica Edmonton Eirunepe El_Salvador Ensenada Fort_Nelson Fortaleza Glace_Bay Goose_Bay "
	  "Grand_Turk Grenada Guadeloupe Guatemala Guayaquil Guyana Halifax Havana Hermosillo "
	  "Indiana/Indianapolis Indiana/Knox Indiana/Marengo Indiana/Petersburg Indiana/Tell_City "
	  "Indiana/Vevay Indiana/Vincennes Indiana/Winamac Inuvik Iqaluit Jamaica Juneau Kentucky/Louisville "
	  "Kentucky/Monticello Kralendijk La_Paz Lima Los_Angeles Lower_Princes Maceio Managua Manaus "
	  "Marigot Martinique Matamoros Mazatlan Menominee Merida Metlakatla Mexico_City Miquelon Moncton "
	  "Monterrey Montevideo Montreal Montserrat Nassau New_York Nipigon Nome Noronha North_Dakota/Beulah "
	  "North_Dakota/Center North_Dakota/New_Salem Nuuk Ojinaga Panama Pangnirtung Paramaribo Phoenix "
	  "Port-au-Prince Port_of_Spain Porto_Acre Porto_Velho Puerto_Rico Punta_Arenas Rainy_River "
	  "Rankin_Inlet Recife Regina Resolute Rio_Branco Santa_Isabel Santarem Santiago Santo_Domingo "
	  "Sao_Paulo Scoresbysund Shiprock Sitka St_Barthelemy St_Johns St_Kitts St_Lucia St_Thomas "
	  "St_Vincent Swift_Current Tegucigalpa Thule Thunder_Bay Tijuana Toronto Tortola Vancouver Virgin "
	  "Whitehorse Winnipeg Yakutat Yellowknife" },
	{ "Antarctica",
	  "Casey Davis DumontDUrville Macquarie Mawson McMurdo Palmer Rothera Syowa Troll Vostok" },
	{ "Arctic", "Longyearbyen" },
	{ "Asia",
	  "Aden Almaty Amman Anadyr Aqtau Aqtobe Ashgabat Atyrau Baghdad Bahrain Baku Bangkok Barnaul Beirut "
	  "Bishkek Brunei Chita Chongqing Colombo Damascus Dhaka Dili Dubai Dushanbe Famagusta Gaza Harbin "
	  "Hebron Ho_Chi_Minh Hong_Kong Hovd Irkutsk Istanbul Jakarta Jayapura Jerusalem Kabul Kamchatka "
	  "Karachi Kashgar Kathmandu Khandyga Kolkata Krasnoyarsk Kuala_Lumpur Kuching Kuwait Macau Magadan "
	  "Makassar Manila Muscat Nicosia Novokuznetsk Novosibirsk Omsk Oral Phnom_Penh Pontianak Pyongyang "
	  "Qatar Qostanay Qyzylorda Riyadh Sakhalin Samarkand Seoul Shanghai Singapore Srednekolymsk Taipei "
	  "Tashkent Tbilisi Tehran Tel_Aviv Thimphu Tokyo Tomsk Ulaanbaatar Urumqi Ust-Nera Vientiane "
	  "Vladivostok Yakutsk Yangon Yekaterinburg Yerevan" },
	{ "Atlantic", "Azores Bermuda Canary Cape_Verde Faroe Jan_Mayen Madeira Reykjavik South_Georgia "
		      "St_Helena Stanley" },
	{ "Australia", "Adelaide Brisbane Broken_Hill Canberra Currie Darwin Eucla Hobart Lindeman Lord_Howe "
		       "Melbourne Perth Sydney Yancowinna" },
	{ "Etc",
	  "GMT GMT+0 GMT+1 GMT+10 GMT+11 GMT+12 GMT+2 GMT+3 GMT+4 GMT+5 GMT+6 GMT+7 GMT+8 GMT+9 GMT-0 GMT-1 "
	  "GMT-10 GMT-11 GMT-12 GMT-13 GMT-14 GMT-2 GMT-3 GMT-4 GMT-5 GMT-6 GMT-7 GMT-8 GMT-9 GMT0 Greenwich "
	  "UCT UTC Universal Zulu" },
	{ "Europe", "Amsterdam Andorra Astrakhan Athens Belfast Belgrade Berlin Bratislava Brussels "
		    "Bucharest Budapest Busingen Chisinau Copenhagen Dublin Gibraltar Guernsey Helsinki "
		    "Isle_of_Man Istanbul Jersey Kaliningrad Kirov Kyiv Lisbon Ljubljana London Luxembourg "
		    "Madrid Malta Mariehamn Minsk Monaco Moscow Nicosia Oslo Paris Podgorica Prague Riga "
		    "Rome Samara San_Marino Sarajevo Saratov Simferopol Skopje Sofia Stockholm Tallinn "
		    "Tirane Tiraspol Ulyanovsk Vaduz Vatican Vienna Vilnius Volgograd Warsaw Zagreb Zurich" },
	{ "Indian",
	  "Antananarivo Chagos Christmas Cocos Comoro Kerguelen Mahe Maldives Mauritius Mayotte Reunion" },
	{ "Pacific", "Apia Auckland Bougainville Chatham Chuuk Easter Efate Fakaofo Fiji Funafuti Galapagos "
		     "Gambier Guadalcanal Guam Honolulu Johnston Kanton Kiritimati Kosrae Kwajalein Majuro "
		     "Marquesas Midway Nauru Niue Norfolk Noumea Pago_Pago Palau Pitcairn Pohnpei "
		     "Port_Moresby Rarotonga Saipan Samoa Tahiti Tarawa Tongatapu Wake Wallis Yap" },
};

static const struct area legacy[] = {
	{ "",
	  "CET CST6CDT Cuba EET EST EST5EDT Egypt Eire GB GB-Eire GMT+0 GMT-0 GMT0 Greenwich HST Hongkong "
	  "Iceland Iran Israel Jamaica Japan Kwajalein Libya MET MST MST7MDT NZ NZ-CHAT Navajo PRC PST8PDT "
	  "Poland Portugal ROC ROK Singapore Turkey UCT Universal W-SU WET Zulu" },
	{ "Africa", "Asmera" },
	{ "America",
	  "Argentina/ComodRivadavia Buenos_Aires Catamarca Cordoba Fort_Wayne Godthab Indianapolis Jujuy "
	  "Knox_IN Louisville Mendoza Rosario" },
	{ "Antarctica", "South_Pole" },
	{ "Asia",
	  "Ashkhabad Calcutta Choibalsan Chungking Dacca Katmandu Macao Rangoon Saigon Thimbu Ujung_Pandang "
	  "Ulan_Bator" },
	{ "Atlantic", "Faeroe" },
	{ "Australia", "ACT LHI NSW North Queensland South Tasmania Victoria West" },
	{ "Brazil", "Acre DeNoronha East West" },
	{ "Canada", "Atlantic Central Eastern Mountain Newfoundland Pacific Saskatchewan Yukon" },
	{ "Chile", "Continental EasterIsland" },
	{ "Europe", "Kiev Uzhgorod Zaporozhye" },
	{ "Mexico", "BajaNorte BajaSur General" },
	{ "Pacific", "Enderbury Ponape Truk" },
	{ "US", "Alaska Aleutian Arizona Central East-Indiana Eastern Hawaii Indiana-Starke Michigan "
		"Mountain Pacific Samoa" },
};

static size_t add_names(struct arena *a, const struct area *areas, size_t area_count, const char **ret,
			size_t room)
{
	size_t count = 0;

	for (size_t i = 0; i < area_count; i++)
		for (const char *at = areas[i].places; *at && count < room; at += strspn(at, " ")) {
			size_t len = strcspn(at, " ");
			AUTO_FREE char *name = mem_printf("%s%s%.*s", areas[i].name,
							  *areas[i].name ? "/" : "", (int)len, at);
			ret[count++] = arena_dup(a, name, strlen(name));
			at += len;
		}
	return count;
}

static bool holds_word(const char *words, const char *word)
{
	size_t len = strlen(word);

	for (const char *at = words; *at; at += strspn(at, " ")) {
		size_t n = strcspn(at, " ");
		if (n == len && !memcmp(at, word, len))
			return true;
		at += n;
	}
	return false;
}

static bool holds(const struct area *areas, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++) {
		size_t len = strlen(areas[i].name);
		const char *place = len ? name + len + 1 : name;
		if (len ? text_starts(name, areas[i].name) && name[len] == '/' &&
				    holds_word(areas[i].places, place) :
			  !strchr(name, '/') && holds_word(areas[i].places, place))
			return true;
	}
	return false;
}

bool zone_is_legacy(const char *name)
{
	return holds(legacy, COUNT(legacy), name);
}

bool zone_known(const char *name)
{
	return holds(current, COUNT(current), name) || zone_is_legacy(name);
}

const char *zone_nearest(struct arena *a, const char *name)
{
	const char *all[640];
	size_t count = add_names(a, current, COUNT(current), all, COUNT(all));

	count += add_names(a, legacy, COUNT(legacy), all + count, COUNT(all) - count);
	return text_nearest(name, all, count);
}
