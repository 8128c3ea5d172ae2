package dev.narrows.device;

import dev.narrows.errors.IncompatibleException;
import dev.narrows.wire.bundle.Bundle;
import dev.narrows.wire.bundle.Manifest;
import java.util.List;

/** The cuts and codecs that a bundle knows by name. */
final class BundleNames {

    private BundleNames() {}

    /**
     * Refuses names that the bundle does not have.
     *
     * @throws IncompatibleException if so
     */
    static void check(Bundle bundle, String cut, String codec) {
        Manifest manifest = bundle.manifest();
        boolean anyCut = cut.equals(HybridModel.AUTO);
        int last = manifest.cuts().size() - 1;
        int index = anyCut ? 0 : manifest.cutIndex(cut);
        if (codec.equals(HybridModel.AUTO) || index == last) {
            return;
        }
        if (!anyCut) {
            bundle.codec(manifest.cuts().get(index).name(), codec);
            return;
        }
        for (int i = 0; i < last; i++) {
            if (hasCodec(manifest, i, codec)) {
                return;
            }
        }
        throw new IncompatibleException("codec: \"" + codec + "\" (expected: one that some cut of bundle \""
                + manifest.name() + "\" has: raw, fp16 or one of " + manifest.codecs() + ")");
    }

    private static boolean hasCodec(Manifest manifest, int cut, String codec) {
        return codec.equals("raw")
                || codec.equals("fp16")
                || manifest.codecs().getOrDefault(manifest.cuts().get(cut).name(), List.of()).stream()
                        .anyMatch(listed -> listed.name().equals(codec));
    }
}
