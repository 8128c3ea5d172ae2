package dev.narrows.gradient;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;

/**
 * Whether libtorch may use oneDNN. Its blocked kernels are laid out by the sizes of the processor's caches. Where a virtual
 * machine hides them it takes them for 0: one strided 1 × 1 convolution divides by it (SIGFPE in {@code est_eff_1x1}),
 * others write beyond their buffers, some are wrong in bfloat16 (libtorch 2.10). Then libtorch's own kernels do the work,
 * slower.
 */
final class OneDnn {

    /** Says that oneDNN is to be used whatever is known of the caches. */
    static final String VARIABLE = "ONEDNN_MAX_CPU_ISA";

    private static final Path CACHES = Path.of("/sys/devices/system/cpu/cpu0/cache/index0");

    private OneDnn() {}

    static boolean isSafe() {
        boolean linux =
                System.getProperty("os.name", "").toLowerCase(Locale.ROOT).contains("linux");
        return isSafe(System.getenv(), !linux || Files.isDirectory(CACHES));
    }

    /** @param known whether the sizes of the caches are known */
    static boolean isSafe(Map<String, String> environment, boolean known) {
        return known || environment.containsKey(VARIABLE);
    }
}
