//! Fuzzes the reader of copies of GDELT with a header.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| demarche_fuzz::copy(bytes));
