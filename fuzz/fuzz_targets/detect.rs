//! Fuzzes the reader of whole files of no known format.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| demarche_fuzz::detect_any(bytes));
