//! The Merkle tree of RFC 6962: hashes, the frontier that lets it grow, and proofs.

use std::collections::HashMap;

use sha2::{Digest, Sha256};

/// A SHA-256 hash.
pub type Hash = [u8; 32];

pub fn leaf_hash(leaf: &[u8]) -> Hash {
    let mut hasher = Sha256::new();
    hasher.update([0]);
    hasher.update(leaf);
    hasher.finalize().into()
}

pub fn node_hash(left: &Hash, right: &Hash) -> Hash {
    let mut hasher = Sha256::new();
    hasher.update([1]);
    hasher.update(left);
    hasher.update(right);
    hasher.finalize().into()
}

/// The roots of the perfect subtrees that a tree of `size` leaves is made of, largest first.
/// It is all that is needed to append to the tree.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Frontier {
    size: u64,
    roots: Vec<Hash>,
}

impl Frontier {
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Appends a leaf by its hash.
    pub fn push(&mut self, leaf: Hash) {
        let mut node = leaf;
        // Each trailing one bit of the size is a perfect subtree that the new leaf completes.
        for _ in 0..self.size.trailing_ones() {
            if let Some(left) = self.roots.pop() {
                node = node_hash(&left, &node);
            }
        }
        self.roots.push(node);
        self.size += 1;
    }

    pub fn root(&self) -> Hash {
        self.roots
            .iter()
            .rev()
            .copied()
            .reduce(|right, left| node_hash(&left, &right))
            .unwrap_or_else(|| Sha256::digest([]).into())
    }

    pub fn to_bytes(&self) -> Vec<u8> {
        self.roots.concat()
    }

    /// Reads what [`Self::to_bytes`] wrote for a tree of `size` leaves.
    pub fn from_bytes(size: u64, bytes: &[u8]) -> Option<Self> {
        let (roots, rest) = bytes.as_chunks::<32>();
        let fits = rest.is_empty() && roots.len() == size.count_ones() as usize;
        fits.then(|| Self { size, roots: roots.to_vec() })
    }
}

/// The largest power of two smaller than `n`, where RFC 6962 splits a tree of `n` leaves.
fn split(n: u64) -> u64 {
    1 << (63 - (n - 1).leading_zeros())
}

fn subtree(leaves: &[Hash]) -> Hash {
    let mut frontier = Frontier::default();
    leaves.iter().for_each(|leaf| frontier.push(*leaf));
    frontier.root()
}

/// The audit path of leaf `index` in the tree over `leaves`.
pub fn inclusion_proof(leaves: &[Hash], index: u64) -> Vec<Hash> {
    inclusion_proofs(leaves, &[index]).pop().unwrap_or_default()
}

/// The audit paths of several leaves; what they share is computed once.
pub fn inclusion_proofs(leaves: &[Hash], indices: &[u64]) -> Vec<Vec<Hash>> {
    let mut known: HashMap<(usize, usize), Hash> = HashMap::new();
    let mut path = |index: u64| {
        let (mut from, mut to) = (0, leaves.len());
        let mut path = Vec::new();
        while to - from > 1 {
            let middle = from + split((to - from) as u64) as usize;
            let left = (index as usize) < middle;
            let sibling = if left { (middle, to) } else { (from, middle) };
            let hash =
                known.entry(sibling).or_insert_with(|| subtree(&leaves[sibling.0..sibling.1]));
            path.push(*hash);
            (from, to) = if left { (from, middle) } else { (middle, to) };
        }
        path.reverse();
        path
    };
    indices.iter().map(|index| path(*index)).collect()
}

/// Whether `path` leads from a leaf to `root`.
pub fn verify_inclusion(leaf: Hash, index: u64, size: u64, path: &[Hash], root: &Hash) -> bool {
    if index >= size {
        return false;
    }
    let (mut at, mut last, mut node) = (index, size - 1, leaf);
    for sibling in path {
        if last == 0 {
            return false;
        }
        if at & 1 == 1 || at == last {
            node = node_hash(sibling, &node);
            while at & 1 == 0 && at != 0 {
                at >>= 1;
                last >>= 1;
            }
        } else {
            node = node_hash(&node, sibling);
        }
        at >>= 1;
        last >>= 1;
    }
    last == 0 && node == *root
}

/// The proof that the tree over `leaves` continues the tree over its first `old` leaves.
pub fn consistency_proof(leaves: &[Hash], old: u64) -> Vec<Hash> {
    fn walk(leaves: &[Hash], old: u64, whole: bool) -> Vec<Hash> {
        let n = leaves.len() as u64;
        if old == n {
            return if whole { Vec::new() } else { vec![subtree(leaves)] };
        }
        let k = split(n);
        let (left, right) = leaves.split_at(k as usize);
        let (mut path, sibling) = if old <= k {
            (walk(left, old, whole), subtree(right))
        } else {
            (walk(right, old - k, false), subtree(left))
        };
        path.push(sibling);
        path
    }
    if old == 0 || old >= leaves.len() as u64 { Vec::new() } else { walk(leaves, old, true) }
}

/// Whether `path` proves that the tree of `size` leaves with `root` continues the one of
/// `old` leaves with `old_root`.
pub fn verify_consistency(
    old: u64,
    old_root: &Hash,
    size: u64,
    root: &Hash,
    path: &[Hash],
) -> bool {
    if old == size {
        return path.is_empty() && old_root == root;
    }
    if old == 0 {
        return path.is_empty();
    }
    if old > size {
        return false;
    }
    let mut path = path.iter().copied();
    let (mut at, mut last) = (old - 1, size - 1);
    while at & 1 == 1 {
        at >>= 1;
        last >>= 1;
    }
    let first = if old.is_power_of_two() { Some(*old_root) } else { path.next() };
    let Some(first) = first else { return false };
    let (mut old_node, mut node) = (first, first);
    for sibling in path {
        if last == 0 {
            return false;
        }
        if at & 1 == 1 || at == last {
            old_node = node_hash(&sibling, &old_node);
            node = node_hash(&sibling, &node);
            while at & 1 == 0 && at != 0 {
                at >>= 1;
                last >>= 1;
            }
        } else {
            node = node_hash(&node, &sibling);
        }
        at >>= 1;
        last >>= 1;
    }
    last == 0 && old_node == *old_root && node == *root
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn leaves(n: u64) -> Vec<Hash> {
        (0..n).map(|i| leaf_hash(&i.to_be_bytes())).collect()
    }

    fn hex(hash: Hash) -> String {
        hash.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// The roots that certificate transparency logs test themselves with.
    #[test]
    fn roots_are_those_of_rfc_6962() {
        let inputs: [&[u8]; 8] = [
            b"",
            b"\x00",
            b"\x10",
            b"\x20\x21",
            b"\x30\x31",
            b"\x40\x41\x42\x43",
            b"\x50\x51\x52\x53\x54\x55\x56\x57",
            b"\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f",
        ];
        let mut frontier = Frontier::default();
        assert_eq!(
            hex(frontier.root()),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
        );
        for input in inputs {
            frontier.push(leaf_hash(input));
        }
        assert_eq!(
            hex(frontier.root()),
            "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"
        );
    }

    proptest! {
        #[test]
        fn every_leaf_is_provable_and_no_other(size in 1u64..200, pick in any::<u64>(), other in any::<u64>()) {
            let (leaves, index) = (leaves(size), pick % size);
            let root = subtree(&leaves);
            let path = inclusion_proof(&leaves, index);
            prop_assert!(verify_inclusion(leaves[index as usize], index, size, &path, &root));
            let wrong = leaf_hash(&(size + other % 1000).to_be_bytes());
            prop_assert!(!verify_inclusion(wrong, index, size, &path, &root));
            prop_assert!(!verify_inclusion(leaves[index as usize], size, size, &path, &root));
        }

        #[test]
        fn every_growth_is_provable_and_no_other(size in 1u64..200, pick in any::<u64>()) {
            let (leaves, old) = (leaves(size), pick % (size + 1));
            let (old_root, root) = (subtree(&leaves[..old as usize]), subtree(&leaves));
            let path = consistency_proof(&leaves, old);
            prop_assert!(verify_consistency(old, &old_root, size, &root, &path));
            if old > 0 && old < size {
                prop_assert!(!verify_consistency(old, &leaf_hash(b"x"), size, &root, &path));
            }
        }

        #[test]
        fn a_frontier_survives_writing(size in 0u64..500) {
            let mut frontier = Frontier::default();
            leaves(size).into_iter().for_each(|leaf| frontier.push(leaf));
            prop_assert_eq!(Frontier::from_bytes(size, &frontier.to_bytes()), Some(frontier.clone()));
            prop_assert_eq!(Frontier::from_bytes(size + 1, &frontier.to_bytes()).is_some(),
                (size + 1).count_ones() == size.count_ones());
        }
    }
}
