//! Intergovernmental bodies: CAMEO's known groups of which states are the members.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::names::Folded;

/// A body known to GDELT by the code of a known group.
///
/// CAMEO's other known groups (armed groups, parties, companies, societies such as the Red Cross)
/// have no place here: they are no partners by treaty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KnownGroup {
    /// GDELT's `KnownGroupCode` (`NAT`).
    pub code: &'static str,
    /// Short canonical code (`NATO`), as cases use it.
    pub body: &'static str,
    /// Full English name.
    pub name: &'static str,
    /// The name of the body in ICEWS, where it was seen in a real file.
    pub icews: Option<&'static str>,
    /// Names in ICEWS of organs, or of a predecessor, whose acts GDELT files under the same code.
    pub organs: &'static [&'static str],
}

const fn group(
    code: &'static str,
    body: &'static str,
    name: &'static str,
    icews: Option<&'static str>,
    organs: &'static [&'static str],
) -> KnownGroup {
    KnownGroup {
        code,
        body,
        name,
        icews,
        organs,
    }
}

/// The groups, in order of their codes. `CEM` is left out: CAMEO gives it to two bodies, the
/// common market of eastern and southern Africa and the central African community. `OAU` lives on
/// for the African Union; `PRC` is the Paris Club, never China. The Non-Aligned Movement is not `NAM`,
/// which is Namibia.
#[rustfmt::skip]
const GROUPS: [KnownGroup; 67] = [
    group("ABD", "BADEA", "Arab Bank for Economic Development in Africa", None, &[]),
    group("ACC", "ACC", "Arab Cooperation Council", None, &[]),
    group("ADB", "ADB", "Asian Development Bank", None, &[]),
    group("AEU", "CAEU", "Council of Arab Economic Unity", None, &[]),
    group("AFB", "AfDB", "African Development Bank", None, &[]),
    group("AMF", "AMF", "Arab Monetary Fund", None, &[]),
    group("AMU", "AMU", "Arab Maghreb Union", None, &[]),
    group("APE", "OAPEC", "Organization of Arab Petroleum Exporting Countries", None, &[]),
    group("ARL", "LAS", "League of Arab States", None, &[]),
    group("ASN", "ASEAN", "Association of Southeast Asian Nations", Some("Association of Southeast Asian Nations"), &[]),
    group("ATD", "TDB", "Eastern and Southern African Trade and Development Bank", None, &[]),
    group("BCA", "BEAC", "Bank of Central African States", None, &[]),
    group("BIS", "BIS", "Bank for International Settlements", None, &[]),
    group("CFA", "CFA", "African Financial Community", None, &[]),
    group("CIS", "CIS", "Commonwealth of Independent States", None, &[]),
    group("COE", "CoE", "Council of Europe", Some("Council of Europe"), &[]),
    group("CPA", "COPAL", "Cocoa Producers' Alliance", None, &[]),
    group("CPC", "ACPC", "Association of Coffee Producing Countries", None, &[]),
    group("CSS", "CEN-SAD", "Community of Sahel-Saharan States", None, &[]),
    group("CWN", "Commonwealth", "Commonwealth of Nations", None, &[]),
    group("EBR", "EBRD", "European Bank for Reconstruction and Development", None, &[]),
    group("ECA", "ECCAS", "Economic Community of Central African States", Some("Economic Community of Central African States"), &[]),
    group("EEC", "EU", "European Union", Some("European Union"), &["European Commission", "European Parliament"]),
    group("EFT", "EFTA", "European Free Trade Association", None, &[]),
    group("FAO", "FAO", "Food and Agriculture Organization of the United Nations", Some("Food and Agriculture Organization"), &[]),
    group("GCC", "GCC", "Gulf Cooperation Council", None, &[]),
    group("GOE", "G8", "Group of Eight", Some("G8"), &[]),
    group("GOS", "G7", "Group of Seven", Some("G7"), &[]),
    group("GSS", "G77", "Group of Seventy-Seven", None, &[]),
    group("HCH", "OHCHR", "Office of the United Nations High Commissioner for Human Rights", Some("Office of the United Nations High Commissioner for Human Rights"), &[]),
    group("HCR", "UNHCR", "Office of the United Nations High Commissioner for Refugees", Some("High Commission for Refugees"), &[]),
    group("IAC", "IACO", "Inter-African Coffee Organization", None, &[]),
    group("IAD", "IGAD", "Intergovernmental Authority on Development", None, &[]),
    group("IAE", "IAEA", "International Atomic Energy Agency", None, &[]),
    group("ICC", "ICC", "International Criminal Court", None, &[]),
    group("ICJ", "ICJ", "International Court of Justice", Some("International Court of Justice"), &[]),
    group("ICO", "ICCO", "International Cocoa Organization", None, &[]),
    group("IDB", "IsDB", "Islamic Development Bank", None, &[]),
    group("IGC", "IGC", "International Grains Council", None, &[]),
    group("ILO", "ILO", "International Labour Organization", None, &[]),
    group("IMF", "IMF", "International Monetary Fund", Some("International Monetary Fund"), &[]),
    group("IOM", "IOM", "International Organization for Migration", None, &[]),
    group("IPU", "IPU", "Inter-Parliamentary Union", Some("Interparliamentary Union"), &[]),
    group("ITP", "Interpol", "International Criminal Police Organization", Some("Interpol"), &[]),
    group("KID", "UNICEF", "United Nations Children's Fund", Some("United Nations Children's Fund"), &[]),
    group("NAT", "NATO", "North Atlantic Treaty Organization", Some("North Atlantic Treaty Organization"), &[]),
    group("NEP", "NEPAD", "New Partnership for Africa's Development", None, &[]),
    group("NON", "NonAligned", "Non-Aligned Movement", Some("Nonaligned Movement"), &[]),
    group("OAS", "OAS", "Organization of American States", Some("Organization of American States"), &[]),
    group("OAU", "AU", "African Union", Some("African Union"), &["Organization of African Unity"]),
    group("OIC", "OIC", "Organisation of Islamic Cooperation", Some("Organisation of Islamic Cooperation"), &[]),
    group("OPC", "OPEC", "Organization of the Petroleum Exporting Countries", Some("Organization of Petroleum Exporting Countries"), &[]),
    group("PAP", "PAP", "Pan-African Parliament", None, &[]),
    group("PRC", "ParisClub", "Paris Club", Some("Paris Club"), &[]),
    group("SAA", "SAARC", "South Asian Association for Regional Cooperation", Some("South Asian Association for Regional Cooperation"), &[]),
    group("SAD", "SADC", "Southern African Development Community", None, &[]),
    group("SCE", "OSCE", "Organization for Security and Co-operation in Europe", None, &[]),
    group("SOT", "SEATO", "Southeast Asia Treaty Organization", None, &[]),
    group("UEM", "UEMOA", "West African Economic and Monetary Union", None, &[]),
    group("UNO", "UN", "United Nations", Some("United Nations"), &["UN Security Council"]),
    group("WAD", "BOAD", "West African Development Bank", None, &[]),
    group("WAM", "WAMZ", "West African Monetary Zone", None, &[]),
    group("WAS", "ECOWAS", "Economic Community of West African States", None, &[]),
    group("WBK", "WorldBank", "World Bank", Some("World Bank"), &[]),
    group("WFP", "WFP", "World Food Programme", None, &[]),
    group("WHO", "WHO", "World Health Organization", Some("World Health Organization"), &[]),
    group("WTO", "WTO", "World Trade Organization", Some("World Trade Organization"), &[]),
];

static NAMES: LazyLock<HashMap<Vec<u8>, (usize, bool)>> = LazyLock::new(|| {
    let mut names = HashMap::new();
    for (i, group) in GROUPS.iter().enumerate() {
        let own = group.icews.into_iter().chain([group.name, group.body]);
        let organs = group.organs.iter().copied();
        let all = own.map(|n| (n, true)).chain(organs.map(|n| (n, false)));
        for (name, is_own) in all {
            let folded = Folded::new(name.as_bytes()).expect("our names are Latin");
            names.insert(folded.as_bytes().to_vec(), (i, is_own));
        }
    }
    names
});

/// All groups in order of their codes.
pub fn known_groups() -> impl ExactSizeIterator<Item = &'static KnownGroup> {
    GROUPS.iter()
}

/// The body of a code in GDELT's known-group columns (`NAT`), in any case.
pub fn known_group(code: impl AsRef<[u8]>) -> Option<&'static KnownGroup> {
    let code: [u8; 3] = code.as_ref().try_into().ok()?;
    let code = code.map(|b| b.to_ascii_uppercase());
    let place = GROUPS
        .binary_search_by(|g| g.code.as_bytes().cmp(&code))
        .ok()?;
    Some(&GROUPS[place])
}

/// The body of a name in ICEWS, of its full name, or of its short code, without regard to case or
/// accents. Names of organs are not the body's: see [`group_of_organ`].
pub fn group_by_icews_name(name: impl AsRef<[u8]>) -> Option<&'static KnownGroup> {
    by_name(name.as_ref(), true)
}

/// The body of which that name in ICEWS is an organ (the European Commission, the Security
/// Council) or the predecessor. GDELT files their acts under the body, ICEWS apart, so that a
/// count of the body is larger in GDELT unless organs are taken in.
pub fn group_of_organ(name: impl AsRef<[u8]>) -> Option<&'static KnownGroup> {
    by_name(name.as_ref(), false)
}

fn by_name(name: &[u8], own: bool) -> Option<&'static KnownGroup> {
    let folded = Folded::new(name)?;
    let &(place, is_own) = NAMES.get(folded.as_bytes())?;
    (is_own == own).then(|| &GROUPS[place])
}

/// The body of that short canonical code (`NATO`), in any case.
pub fn group_of_body(body: &str) -> Option<&'static KnownGroup> {
    GROUPS.iter().find(|g| g.body.eq_ignore_ascii_case(body))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_bodies_and_names_stand_once() {
        assert!(GROUPS.is_sorted_by(|a, b| a.code < b.code));
        for group in known_groups() {
            assert_eq!(known_group(group.code), Some(group));
            assert_eq!(known_group(group.code.to_lowercase()), Some(group));
            assert_eq!(group_of_body(group.body), Some(group));
            assert_eq!(crate::by_iso3(group.body), None, "a country's code");
            assert_eq!(group_by_icews_name(group.name), Some(group));
            assert_eq!(group_by_icews_name(group.body), Some(group));
            if let Some(name) = group.icews {
                assert_eq!(group_by_icews_name(name), Some(group));
            }
            for organ in group.organs {
                assert_eq!(group_of_organ(organ), Some(group));
                assert_eq!(group_by_icews_name(organ), None);
            }
        }
    }

    #[test]
    fn nato_is_told_by_its_group_and_by_its_name() {
        let nato = known_group("NAT").unwrap();
        assert_eq!(nato.body, "NATO");
        assert_eq!(
            group_by_icews_name("North_Atlantic_Treaty_Organization"),
            Some(nato)
        );
        assert_eq!(known_group("WST"), None);
        assert_eq!(known_group("TAL"), None);
    }
}
