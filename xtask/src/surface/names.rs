//! The paths that a declaration names.

use syn::{
    Attribute, Block, GenericParam, Generics, Path, TypePath, Visibility,
    visit_mut::{self, VisitMut},
};

/// Collects the paths in types, bounds and generic arguments.
#[derive(Default)]
pub(super) struct Paths(pub(super) Vec<Vec<String>>);

impl VisitMut for Paths {
    fn visit_path_mut(&mut self, path: &mut Path) {
        self.0.push(segments(path));
        visit_mut::visit_path_mut(self, path);
    }

    fn visit_type_path_mut(&mut self, path: &mut TypePath) {
        let Some(own) = &mut path.qself else {
            self.visit_path_mut(&mut path.path);
            return;
        };
        // `<T as Trait>::Item` names `T` and `Trait`.
        self.visit_type_mut(&mut own.ty);
        if own.position > 0 {
            let mut trait_path = segments(&path.path);
            trait_path.truncate(own.position);
            self.0.push(trait_path);
        }
        for segment in &mut path.path.segments {
            self.visit_path_arguments_mut(&mut segment.arguments);
        }
    }

    // These do not belong to the declaration.
    fn visit_attribute_mut(&mut self, _: &mut Attribute) {}
    fn visit_block_mut(&mut self, _: &mut Block) {}
    fn visit_visibility_mut(&mut self, _: &mut Visibility) {}
}

pub(super) fn segments(path: &Path) -> Vec<String> {
    path.segments
        .iter()
        .map(|segment| segment.ident.to_string())
        .collect()
}

/// Returns the names of the types and constants that generics introduce.
pub(super) fn parameters(generics: &Generics) -> Vec<String> {
    let name = |parameter: &GenericParam| match parameter {
        GenericParam::Type(ty) => Some(ty.ident.to_string()),
        GenericParam::Const(value) => Some(value.ident.to_string()),
        GenericParam::Lifetime(_) => None,
    };
    generics.params.iter().filter_map(name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_path_of_a_type_is_found() {
        let mut ty: syn::Type = syn::parse_str(
            "Result<Vec<bytes::Bytes>, Box<dyn Fn(&Uid) -> <T as Socket>::Error + Send>>",
        )
        .unwrap();
        let mut paths = Paths::default();
        paths.visit_type_mut(&mut ty);
        let paths: Vec<_> = paths.0.iter().map(|path| path.join("::")).collect();
        let expected = [
            "Result",
            "Vec",
            "bytes::Bytes",
            "Box",
            "Fn",
            "Uid",
            "T",
            "Socket",
            "Send",
        ];
        assert_eq!(paths, expected);
    }
}
