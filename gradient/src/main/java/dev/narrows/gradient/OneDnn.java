package dev.narrows.gradient;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * Whether the oneDNN in libtorch knows the sizes of the processor's caches, by which its blocked kernels are laid out.
 * Where a virtual machine hides them it takes them for 0 (libtorch 2.10): 1 × 1 convolutions divide by it (SIGFPE in
 * {@code est_eff_1x1}) or, with a stride, write beyond their buffers; wrong are others for channels that are no power of two,
 * grouped ones with several outputs a channel, and gradients of depthwise ones in bfloat16 or if dilated. There convolutions
 * are brought to a form that is right ({@link CautiousConvolution}), and the LSTM is libtorch's own.
 */
final class OneDnn {

    private static final Path CACHES = Path.of("/sys/devices/system/cpu/cpu0/cache/index0");
    private static final boolean KNOWN =
            !System.getProperty("os.name", "").toLowerCase(Locale.ROOT).contains("linux") || Files.isDirectory(CACHES);

    private OneDnn() {}

    static boolean knowsCaches() {
        return KNOWN;
    }
}
