//! Parquet's hybrid of run lengths and bit-packed groups, for dictionary codes and definition
//! levels.

/// Bits needed to tell `entries` codes apart.
pub(super) fn width(entries: usize) -> u32 {
    match entries {
        0 | 1 => 0,
        n => usize::BITS - (n - 1).leading_zeros(),
    }
}

fn varint(out: &mut Vec<u8>, mut n: u64) {
    while n >= 0x80 {
        out.push(n as u8 | 0x80);
        n >>= 7;
    }
    out.push(n as u8);
}

fn run(out: &mut Vec<u8>, value: u32, length: usize, width: u32) {
    varint(out, (length as u64) << 1);
    out.extend_from_slice(&value.to_le_bytes()[..width.div_ceil(8) as usize]);
}

/// Packs whole groups of eight codes of `W` bits.
fn pack<const W: usize>(codes: &[u32], out: &mut Vec<u8>) {
    let start = out.len();
    let groups = codes.len() / 8;
    // Sixteen or thirty-two bytes are stored for each group and only `W` kept, hence the slack.
    out.resize(start + groups * W + 32, 0);
    let bytes = &mut out[start..];
    for (i, group) in codes.chunks_exact(8).enumerate() {
        let group: &[u32; 8] = group.try_into().expect("eight codes");
        if W <= 8 {
            let mut word = 0_u64;
            for (k, &code) in group.iter().enumerate() {
                word |= u64::from(code) << (k * W);
            }
            bytes[i * W..i * W + 8].copy_from_slice(&word.to_le_bytes());
        } else if W <= 16 {
            let mut word = 0_u128;
            let mut low = 0_u64;
            let mut high = 0_u64;
            for k in 0..4 {
                low |= u64::from(group[k]) << (k * W);
                high |= u64::from(group[k + 4]) << (k * W);
            }
            word |= u128::from(low) | (u128::from(high) << (4 * W));
            bytes[i * W..i * W + 16].copy_from_slice(&word.to_le_bytes());
        } else {
            let mut word = 0_u64;
            let mut filled = 0;
            let mut at = i * W;
            for &code in group {
                word |= u64::from(code) << filled;
                filled += W;
                if filled >= 32 {
                    bytes[at..at + 4].copy_from_slice(&(word as u32).to_le_bytes());
                    at += 4;
                    word >>= 32;
                    filled -= 32;
                }
            }
            // Eight codes of `W` bits are `W` bytes; up to three remain.
            bytes[at..at + 4].copy_from_slice(&(word as u32).to_le_bytes());
        }
    }
    out.truncate(start + groups * W);
}

fn pack_width(width: u32, codes: &[u32], out: &mut Vec<u8>) {
    macro_rules! widths {
        ($($w:literal)*) => {
            match width {
                $($w => pack::<$w>(codes, out),)*
                _ => unreachable!("a code has 1 to 32 bits"),
            }
        };
    }
    widths!(1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31 32);
}

/// Writes bit-packed groups; the last is filled up with zeros.
fn literal(out: &mut Vec<u8>, codes: &[u32], width: u32) {
    if codes.is_empty() {
        return;
    }
    varint(out, ((codes.len().div_ceil(8) as u64) << 1) | 1);
    let (whole, rest) = codes.split_at(codes.len() / 8 * 8);
    pack_width(width, whole, out);
    if !rest.is_empty() {
        let mut last = [0; 8];
        last[..rest.len()].copy_from_slice(rest);
        pack_width(width, &last, out);
    }
}

/// How many values from `start` on equal the first.
fn equal(codes: &[u32]) -> usize {
    let first = codes[0];
    let mut n = 0;
    for block in codes.chunks_exact(32) {
        if block.iter().fold(0, |d, &c| d | (c ^ first)) != 0 {
            break;
        }
        n += 32;
    }
    n + codes[n..].iter().take_while(|&&c| c == first).count()
}

/// Appends codes below `2^width` to `out`, without a length before them.
pub(super) fn encode(codes: &[u32], width: u32, out: &mut Vec<u8>) {
    if codes.is_empty() {
        return;
    }
    if width == 0 {
        return run(out, 0, codes.len(), 0);
    }
    // A run costs its own head and a new one for the literals after it; narrow codes repay that
    // only when the run is longer.
    let least = match width {
        1 => 32,
        2 => 16,
        _ => 8,
    };
    let mut begin = 0;
    let mut at = 0;
    while at + 8 <= codes.len() {
        let group: &[u32; 8] = codes[at..at + 8].try_into().expect("eight codes");
        let first = group[0];
        if group.iter().fold(0, |d, &c| d | (c ^ first)) != 0 {
            at += 8;
            continue;
        }
        let length = equal(&codes[at..]);
        if length < least {
            at += 8;
            continue;
        }
        literal(out, &codes[begin..at], width);
        run(out, first, length, width);
        at += length;
        begin = at;
    }
    literal(out, &codes[begin..], width);
}

/// Appends definition levels of 0 and 1: one bit a row, packed already, `rows` of them.
pub(super) fn encode_levels(bits: &[u8], rows: usize, out: &mut Vec<u8>) {
    let whole = rows / 8;
    let mut begin = 0;
    let mut at = 0;
    let flush = |out: &mut Vec<u8>, bytes: &[u8]| {
        if !bytes.is_empty() {
            varint(out, ((bytes.len() as u64) << 1) | 1);
            out.extend_from_slice(bytes);
        }
    };
    while at < whole {
        let byte = bits[at];
        if byte == 0 || byte == 0xff {
            let length = bits[at..whole].iter().take_while(|&&b| b == byte).count();
            if length >= 4 {
                flush(out, &bits[begin..at]);
                run(out, u32::from(byte & 1), length * 8, 1);
                at += length;
                begin = at;
                continue;
            }
            at += length;
        } else {
            at += 1;
        }
    }
    flush(out, &bits[begin..rows.div_ceil(8)]);
}

/// Appends definition levels that are all the same.
pub(super) fn encode_same_levels(level: u32, rows: usize, out: &mut Vec<u8>) {
    run(out, level, rows, 1);
}

/// Takes groups of eight codes of `W` bits out of `bytes`, which may lack bytes after the last
/// code that is wanted.
fn unpack<const W: usize>(bytes: &[u8], count: usize, out: &mut Vec<u32>) {
    let start = out.len();
    out.resize(start + count.next_multiple_of(8), 0);
    let mut groups = out[start..].chunks_exact_mut(8);
    let mut at = 0;
    for group in &mut groups {
        let group: &mut [u32; 8] = group.try_into().expect("eight codes");
        match bytes.get(at..at + W + 16) {
            Some(bytes) => unpack_group::<W>(bytes, group),
            None => {
                // Near the end the bytes are put before zeros, so that whole words can be read.
                let mut padded = [0; 48];
                let left = bytes.get(at..).unwrap_or_default();
                let n = left.len().min(W);
                padded[..n].copy_from_slice(&left[..n]);
                unpack_group::<W>(&padded, group);
            }
        }
        at += W;
    }
    out.truncate(start + count);
}

fn unpack_group<const W: usize>(bytes: &[u8], group: &mut [u32; 8]) {
    let mask = u32::MAX >> (32 - W);
    let word = |at: usize| u64::from_le_bytes(bytes[at..at + 8].try_into().expect("eight bytes"));
    if W <= 8 {
        let word = word(0);
        for (k, code) in group.iter_mut().enumerate() {
            *code = (word >> (k * W)) as u32 & mask;
        }
    } else {
        for (k, code) in group.iter_mut().enumerate() {
            let bit = k * W;
            *code = (word(bit / 8) >> (bit % 8)) as u32 & mask;
        }
    }
}

fn unpack_width(width: u32, bytes: &[u8], count: usize, out: &mut Vec<u32>) {
    macro_rules! widths {
        ($($w:literal)*) => {
            match width {
                $($w => unpack::<$w>(bytes, count, out),)*
                _ => out.resize(out.len() + count, 0),
            }
        };
    }
    widths!(1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31 32);
}

/// Decodes exactly `count` codes of `width` bits (at most 32) into `out`, which is cleared.
pub(super) fn decode(
    mut bytes: &[u8],
    width: u32,
    count: usize,
    out: &mut Vec<u32>,
) -> Result<(), &'static str> {
    const SHORT: &str = "a page has fewer codes than rows";
    out.clear();
    if width > 32 {
        return Err("a page has codes of more than 32 bits");
    }
    while out.len() < count {
        let mut head = 0_u64;
        let mut shift = 0;
        loop {
            let (&byte, rest) = bytes.split_first().ok_or(SHORT)?;
            bytes = rest;
            if shift > 56 {
                return Err("a run is too long");
            }
            head |= u64::from(byte & 0x7f) << shift;
            shift += 7;
            if byte < 0x80 {
                break;
            }
        }
        let left = count - out.len();
        if head & 1 == 0 {
            let length = usize::try_from(head >> 1).map_or(left, |n| n.min(left));
            if length == 0 {
                return Err("a run is empty");
            }
            let size = width.div_ceil(8) as usize;
            let value = bytes.get(..size).ok_or(SHORT)?;
            bytes = &bytes[size..];
            let mut code = [0; 4];
            code[..size].copy_from_slice(value);
            out.resize(out.len() + length, u32::from_le_bytes(code));
        } else {
            let groups = head >> 1;
            let length = usize::try_from(groups.saturating_mul(8)).map_or(left, |n| n.min(left));
            if length == 0 {
                return Err("a run is empty");
            }
            // Some writers leave out the bytes that fill the last group up.
            let needed = (length as u64 * u64::from(width)).div_ceil(8);
            if needed > bytes.len() as u64 {
                return Err(SHORT);
            }
            let whole = groups.saturating_mul(u64::from(width));
            let taken = usize::try_from(whole).map_or(bytes.len(), |n| n.min(bytes.len()));
            unpack_width(width, &bytes[..taken], length, out);
            bytes = &bytes[taken..];
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn codes() -> impl Strategy<Value = (u32, Vec<u32>)> {
        (0..=32_u32).prop_flat_map(|width| {
            let most = if width == 0 {
                0
            } else {
                u32::MAX >> (32 - width)
            };
            let stretch = (0..=most, 1..60_usize).prop_map(|(c, n)| vec![c; n]);
            let mixed = prop::collection::vec(0..=most, 1..60);
            let parts = prop::collection::vec(prop_oneof![stretch, mixed], 0..12);
            (Just(width), parts.prop_map(|p| p.concat()))
        })
    }

    proptest! {
        #[test]
        fn codes_come_back((width, codes) in codes()) {
            let mut bytes = Vec::new();
            encode(&codes, width, &mut bytes);
            let mut back = Vec::new();
            decode(&bytes, width, codes.len(), &mut back).unwrap();
            prop_assert_eq!(back, codes);
        }

        #[test]
        fn levels_come_back(parts in prop::collection::vec((any::<bool>(), 1..90_usize), 0..12)) {
            let levels: Vec<bool> = parts.iter().flat_map(|&(l, n)| vec![l; n]).collect();
            let bits: Vec<u8> = levels
                .chunks(8)
                .map(|c| c.iter().enumerate().fold(0, |b, (k, &l)| b | (u8::from(l) << k)))
                .collect();
            let mut bytes = Vec::new();
            encode_levels(&bits, levels.len(), &mut bytes);
            let mut back = Vec::new();
            decode(&bytes, 1, levels.len(), &mut back).unwrap();
            prop_assert_eq!(back, levels.iter().map(|&l| u32::from(l)).collect::<Vec<_>>());
        }

        #[test]
        fn any_bytes_decode_or_fail(
            bytes in prop::collection::vec(any::<u8>(), 0..80),
            width in 0..40_u32,
            count in 0..5000_usize,
        ) {
            let mut out = Vec::new();
            if decode(&bytes, width, count, &mut out).is_ok() {
                prop_assert_eq!(out.len(), count);
            }
        }
    }

    #[test]
    fn repetitions_take_a_few_bytes() {
        let codes: Vec<u32> = (0..20_u32).flat_map(|c| vec![c; 1000]).collect();
        let mut bytes = Vec::new();
        encode(&codes, 5, &mut bytes);
        assert!(bytes.len() <= 20 * 8, "{} bytes", bytes.len());
    }
}
