package dev.narrows.emulator;

import dev.narrows.errors.InvalidException;
import dev.narrows.wire.Link;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Links by name, and links from text. The presets are averages that were published for one country and year, without
 * jitter or loss; real links differ by place and hour more than these differ from each other.
 *
 * <table>
 * <caption>Presets</caption>
 * <tr><th>name</th><th>up Mbit/s</th><th>down Mbit/s</th><th>round trip</th><th>source</th></tr>
 * <tr><td>3g</td><td>1.6</td><td>5.9</td><td>63.5 ms</td><td>Ofcom, Measuring mobile broadband performance in the UK,
 * April 2015: 3G in five cities, 4th quarter of 2014</td></tr>
 * <tr><td>lte</td><td>5.85</td><td>21.3</td><td>60 ms</td><td>up: what papers on split networks use for 4G; down:
 * Opensignal, State of Mobile: USA, May 2019 (with 6.3 up); round trip: Opensignal, Mobile Network Experience: USA,
 * January 2019, 4G of four operators 58 to 70 ms</td></tr>
 * <tr><td>wifi</td><td>15</td><td>30</td><td>2 ms</td><td>Firefox developer tools, throttling profile "Wi-Fi": the
 * radio link alone</td></tr>
 * <tr><td>5g</td><td>21.08</td><td>166.13</td><td>53 ms</td><td>rates: Ookla, Growing and Slowing: The State of 5G
 * Worldwide in 2021 (medians, 3rd quarter); round trip: Ookla Speedtest Intelligence, USA, 2nd quarter of 2023, 5G
 * medians of three operators 51, 53 and 62 ms</td></tr>
 * </table>
 */
public final class LinkPresets {

    /** The preset that the demo uses if nothing else is asked for. */
    public static final String DEFAULT = "lte";

    private static final Map<String, Link> PRESETS = presets();

    private static final Pattern NUMBER = Pattern.compile("\\d+(\\.\\d+)?");
    private static final Pattern DURATION = Pattern.compile("(\\d+(?:\\.\\d+)?)(us|ms|s)");

    private LinkPresets() {}

    /** The names of the presets. */
    public static List<String> names() {
        return List.copyOf(PRESETS.keySet());
    }

    /**
     * The link that a text names: a preset, or {@code up/down/round-trip[/jitter[/loss]]} with rates in 10⁶ bit/s,
     * times with a unit ({@code us}, {@code ms}, {@code s}) and loss as a share or in percent:
     * {@code 5.85/20/60ms}, {@code 5.85/20/60ms/5ms/1%}.
     *
     * @throws InvalidException if it is neither
     */
    public static Link of(String text) {
        Link preset = PRESETS.get(text.toLowerCase(Locale.ROOT));
        if (preset != null) {
            return preset;
        }
        String[] parts = text.split("/", -1);
        if (parts.length < 3 || parts.length > 5) {
            throw unknown(text);
        }
        double up = number(parts[0], text);
        double down = number(parts[1], text);
        Duration roundTrip = duration(parts[2], text);
        Duration jitter = parts.length > 3 ? duration(parts[3], text) : Duration.ZERO;
        double loss = parts.length > 4 ? share(parts[4], text) : 0;
        return new Link(up, down, roundTrip, jitter, loss);
    }

    private static double number(String part, String text) {
        if (!NUMBER.matcher(part).matches()) {
            throw unknown(text);
        }
        return Double.parseDouble(part);
    }

    private static double share(String part, String text) {
        return part.endsWith("%") ? number(part.substring(0, part.length() - 1), text) / 100 : number(part, text);
    }

    private static Duration duration(String part, String text) {
        Matcher matcher = DURATION.matcher(part);
        if (!matcher.matches()) {
            throw unknown(text);
        }
        double nanosPerUnit = switch (matcher.group(2)) {
            case "us" -> 1e3;
            case "ms" -> 1e6;
            default -> 1e9;
        };
        return Duration.ofNanos(Math.round(Double.parseDouble(matcher.group(1)) * nanosPerUnit));
    }

    private static InvalidException unknown(String text) {
        return new InvalidException("link: " + text + " (expected: one of " + String.join(", ", PRESETS.keySet())
                + ", or up/down/round-trip[/jitter[/loss]] such as 5.85/20/60ms)");
    }

    private static Map<String, Link> presets() {
        Map<String, Link> presets = new LinkedHashMap<>();
        presets.put("3g", Link.of(1.6, 5.9, Duration.ofNanos(63_500_000)));
        presets.put("lte", Link.of(5.85, 21.3, Duration.ofMillis(60)));
        presets.put("wifi", Link.of(15, 30, Duration.ofMillis(2)));
        presets.put("5g", Link.of(21.08, 166.13, Duration.ofMillis(53)));
        return Collections.unmodifiableMap(presets);
    }
}
