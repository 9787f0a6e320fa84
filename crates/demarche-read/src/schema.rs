//! The one schema that every format is read into.

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Text, UTF-8.
    Text,
    /// A whole number.
    Int,
    /// A number.
    Float,
    /// A calendar day, counted from 1970-01-01.
    Date,
    /// A moment in UTC, milliseconds from 1970-01-01T00:00:00.
    Timestamp,
    /// True or false.
    Bool,
}

/// A column of the store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its name: lower case, underscores.
    pub name: &'static str,
    /// What it holds.
    pub kind: Kind,
    /// What it means, in a sentence.
    pub description: &'static str,
}

/// A value of a column; borrowed from the line where it is text.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Value<'a> {
    /// Missing.
    Null,
    /// Text.
    Text(&'a str),
    /// A whole number.
    Int(i64),
    /// A number, finite.
    Float(f64),
    /// A calendar day, counted from 1970-01-01.
    Date(i32),
    /// A moment in UTC, milliseconds from 1970-01-01T00:00:00.
    Timestamp(i64),
    /// True or false.
    Bool(bool),
}

macro_rules! named {
    ($($constant:ident $name:literal $kind:ident $text:literal;)*) => {
        $(
            #[doc = $text]
            pub const $constant: Column = Column {
                name: $name,
                kind: Kind::$kind,
                description: $text,
            };
        )*

        /// All columns of the schema, in the order they stand in the store. What a format has
        /// beyond them follows, under names of its own.
        pub const CORE: &[Column] = &[$($constant),*];
    };
}

named! {
    SOURCE "source" Text "Who acts: an actor of the case, else an ISO 3166 alpha-3 code or a body's code; missing where the actor could not be resolved.";
    TARGET "target" Text "Towards whom, as `source`.";
    DATE "date" Date "The day of the event, or the first day of the month or year where only that is known.";
    PRECISION "precision" Text "How exactly the date is known: day, month or year.";
    ADDED "added" Timestamp "When the file says that the event was recorded, UTC.";
    ID "id" Text "The event's id in its file.";
    SOURCE_CODE "source_code" Text "The source's code as the file gives it.";
    SOURCE_NAME "source_name" Text "The source's name as the file gives it.";
    SOURCE_COUNTRY "source_country" Text "The source's country as the file gives it.";
    SOURCE_GROUP "source_group" Text "The source's known group or organisation, as the file gives it.";
    SOURCE_SECTOR "source_sector" Text "The source's roles or sectors, sorted, parted by semicolons.";
    TARGET_CODE "target_code" Text "The target's code as the file gives it.";
    TARGET_NAME "target_name" Text "The target's name as the file gives it.";
    TARGET_COUNTRY "target_country" Text "The target's country as the file gives it.";
    TARGET_GROUP "target_group" Text "The target's known group or organisation, as the file gives it.";
    TARGET_SECTOR "target_sector" Text "The target's roles or sectors, sorted, parted by semicolons.";
    CODE "code" Text "What was done: a CAMEO code (its leading zero matters) or a PLOVER type.";
    CODE_SYSTEM "code_system" Text "The system of `code`: cameo or plover.";
    QUAD_GIVEN "quad_given" Int "Quad class as the file gives it, 1 to 4.";
    QUAD "quad" Int "Quad class computed from the code: CAMEO by GDELT's split (01–05, 06–09, 10–14, 15–20), PLOVER by its manual with SANCTION as material conflict.";
    SCALE_GIVEN "scale_given" Float "Scale value as the file gives it (Goldstein, or the source's own).";
    SCALE "scale" Float "Scale value computed from the code: GDELT's Goldstein table for CAMEO, the manual's intensity for PLOVER.";
    COUNT "count" Int "How many like events the row stands for; 1 but in reduced files.";
    MENTIONS "mentions" Int "Mentions of the event.";
    SOURCES "sources" Int "Information sources that mention it.";
    ARTICLES "articles" Int "Documents that mention it.";
    MUTUAL "mutual" Bool "Done together: counts once in each direction.";
    AREA "area" Text "Area of policy.";
    TITLE "title" Text "What happened, in the words of the file.";
    PLACE "place" Text "Where, as the file names it.";
    PLACE_COUNTRY "place_country" Text "Country of the place, in the code system of the file.";
    LATITUDE "latitude" Float "Degrees north.";
    LONGITUDE "longitude" Float "Degrees east.";
    URL "url" Text "The page it was read on.";
    STORY "story" Text "The story it was read in, where the file gives an id and no page.";
    DUPLICATE "duplicate" Bool "Kept, but not counted: the same event was read before, by the key the store was made with.";
    FILE "file" Int "Number of the file it was read from, in the ledger.";
    LINE "line" Int "Line of that file, from 1; members of an archive are counted on.";
}
