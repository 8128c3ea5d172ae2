package dev.narrows.cli;

import dev.narrows.wire.Link;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/**
 * The demo's second device, on which the automatic choice hands items over: the coffee machine's network is small, and
 * any phone answers alone before a packet is back. Emulated: slower by a fixed factor, as a microcontroller would be,
 * and near a gateway. By the planned latencies the link stays the faster way up to a machine about four times faster.
 */
final class DemoSlowDevice {

    static final double SLOWDOWN = 200;

    /** To a gateway in the same house. Chosen, not measured: less than Wi-Fi gives, more than low-power radios do. */
    static final Link LINK = Link.of(2, 2, Duration.ofMillis(10));

    /** Two clips of each label: the whole set would take a minute. None of them was calibrated on. */
    private static final List<String> CLIPS = List.of("_2.wav", "_3.wav");

    /** How many clips that are, for names and progress. */
    static final int ORDERS = 28;

    /** Clips run before the clock counts. Few: the code is compiled by then, and the model warms up itself. */
    static final int WARM_UP = 2;

    static final String ALONE = "all on device, 200x slower, " + ORDERS + " clips";
    static final String AUTO = "auto, 200x slower, near link, " + ORDERS + " clips";

    private DemoSlowDevice() {}

    /** The device alone, which the other is compared with, and the automatic choice. */
    static List<DemoScenario> scenarios() {
        return List.of(
                new DemoScenario(ALONE, "output", "raw", DemoScenario.PATIENT, false),
                new DemoScenario(AUTO, "auto", "auto", DemoScenario.PATIENT, false));
    }

    static List<DemoClips.Clip> clips(List<DemoClips.Clip> all) {
        return all.stream()
                .filter(clip -> CLIPS.stream().anyMatch(clip.file()::endsWith))
                .toList();
    }

    /** What the page and the terminal say of it. */
    static String describe() {
        return String.format(
                Locale.ROOT,
                "the last two rows: emulated as the device above, but %s times slower than this machine, as a"
                        + " microcontroller may be; near link: emulated, %s Mbit/s both ways, %d ms round trip, as to a"
                        + " gateway in the house (chosen, not measured); only %d of the held-out clips, two of each"
                        + " label; deadline %d s",
                Quantity.plain(SLOWDOWN),
                Quantity.plain(LINK.upMbps()),
                LINK.roundTrip().toMillis(),
                ORDERS,
                DemoScenario.PATIENT.toSeconds());
    }
}
