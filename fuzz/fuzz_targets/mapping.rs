//! Fuzzes the reader of mapping files and what they map.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| demarche_fuzz::mapping(bytes));
