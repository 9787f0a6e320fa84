//! Fuzzes the reader of ICEWS.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| demarche_fuzz::icews(bytes));
