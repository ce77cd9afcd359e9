//! Order without a sort. The library's sort, which `collect` into a map or a set calls too, is written out again for
//! every type, and makes up a good part of the program; what is put in order here is short.

/// `items` in order, each once.
pub fn distinct<T: Ord>(items: impl IntoIterator<Item = T>) -> Vec<T> {
    let mut sorted = Vec::new();
    for item in items {
        if let Err(place) = sorted.binary_search(&item) {
            sorted.insert(place, item);
        }
    }
    sorted
}

/// A map or set of `items`, put in one by one.
pub fn filled<C: Default + Extend<T>, T>(items: impl IntoIterator<Item = T>) -> C {
    let mut filled = C::default();
    filled.extend(items);
    filled
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn what_comes_in_any_order_is_in_order_and_there_once() {
        assert_eq!(distinct([3, 1, 2, 3, 1]), [1, 2, 3]);
        assert!(distinct::<u8>([]).is_empty());
        let map: BTreeMap<_, _> = filled([(2, 'b'), (1, 'a'), (2, 'c')]);
        assert_eq!(map, BTreeMap::from([(1, 'a'), (2, 'c')]));
    }
}
