package dev.narrows.media;

import dev.narrows.errors.InvalidException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/** The usual codecs by name. */
public final class MediaCodecs {

    /** For {@code --help}. */
    public static final String HELP =
            "images: jpeg:1-100, jpeg-bare:1-100 (its scan alone), webp:0-100, webp:lossless, "
                    + "webp-bare:… (without its framing), png, pixels:BITSxSIZE; sound: pcm16, pcm8, mulaw, flac, opus:6-32 "
                    + "(kbit/s)";

    private static final int MAX_OPUS = 32;
    private static final int MIN_OPUS = 6;

    private MediaCodecs() {}

    /**
     * The codec of that name.
     *
     * @throws InvalidException if there is none for such items
     * @throws dev.narrows.errors.UnsupportedException if this platform has no native code for it, or it takes no such rate
     */
    public static MediaCodec parse(String name, MediaKind kind) {
        int colon = name.indexOf(':');
        String family = colon < 0 ? name : name.substring(0, colon);
        String setting = colon < 0 ? "" : name.substring(colon + 1);
        if (kind instanceof MediaKind.Sound sound) {
            return switch (family) {
                case "pcm16" -> plain(name, setting, new PcmCodec(PcmCodec.Law.PCM16));
                case "pcm8" -> plain(name, setting, new PcmCodec(PcmCodec.Law.PCM8));
                case "mulaw" -> plain(name, setting, new PcmCodec(PcmCodec.Law.MU_LAW));
                case "flac" -> plain(name, setting, new FlacCodec(sound.rate()));
                case "opus" -> new OpusCodec(number(name, setting), sound.rate());
                default -> throw unknown(name, "pcm16, pcm8, mulaw, flac or opus:6 to opus:32, for sound");
            };
        }
        return switch (family) {
            case "jpeg" -> new JpegCodec(number(name, setting), false);
            case "jpeg-bare" -> new JpegCodec(number(name, setting), true);
            case "webp" -> webp(name, setting, false);
            case "webp-bare" -> webp(name, setting, true);
            case "png" -> plain(name, setting, new PngCodec());
            case "pixels" -> pixels(name, setting);
            default ->
                throw unknown(name, "jpeg:30, jpeg-bare:30, webp:30, webp-bare:30, png, pixels:4x7 or so, for images");
        };
    }

    private static MediaCodec plain(String name, String setting, MediaCodec codec) {
        if (!setting.isEmpty() || name.endsWith(":")) {
            throw unknown(name, codec.name());
        }
        return codec;
    }

    private static MediaCodec webp(String name, String setting, boolean bare) {
        WebpCodec.requireNative();
        return new WebpCodec(
                setting.equals("lossless") ? OptionalInt.empty() : OptionalInt.of(number(name, setting)), bare);
    }

    private static MediaCodec pixels(String name, String setting) {
        int cross = setting.indexOf('x');
        if (cross < 0) {
            throw unknown(name, "pixels:BITSxSIZE, such as pixels:4x7");
        }
        return new PixelsCodec(number(name, setting.substring(0, cross)), number(name, setting.substring(cross + 1)));
    }

    private static int number(String name, String text) {
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw new InvalidException("codec: \"" + name + "\" (expected: a whole number behind its colon)", e);
        }
    }

    private static InvalidException unknown(String name, String expected) {
        return new InvalidException("codec: \"" + name + "\" (expected: " + expected + ")");
    }

    /** All codecs for such items that this platform has, at all qualities, but for {@code pixels}, which are any number. */
    public static List<MediaCodec> all(MediaKind kind) {
        List<MediaCodec> all = new ArrayList<>();
        if (kind instanceof MediaKind.Sound sound) {
            all.addAll(List.of(
                    new PcmCodec(PcmCodec.Law.PCM16),
                    new PcmCodec(PcmCodec.Law.PCM8),
                    new PcmCodec(PcmCodec.Law.MU_LAW),
                    new FlacCodec(sound.rate())));
            for (int kilobits = MAX_OPUS; kilobits >= MIN_OPUS && OpusCodec.takes(sound.rate()); kilobits--) {
                all.add(new OpusCodec(kilobits, sound.rate()));
            }
            return all;
        }
        all.add(new PngCodec());
        for (boolean bare : new boolean[] {false, true}) {
            for (int quality = 1; quality <= 100; quality++) {
                all.add(new JpegCodec(quality, bare));
            }
            if (WebpCodec.isAvailable()) {
                for (int quality = 0; quality <= 100; quality++) {
                    all.add(new WebpCodec(OptionalInt.of(quality), bare));
                }
                all.add(new WebpCodec(OptionalInt.empty(), bare));
            }
        }
        return all;
    }

    /**
     * Some of them, from dear to cheap, that show how accuracy falls with the bytes: of each family where it is best.
     *
     * @param shape of the items
     */
    public static List<MediaCodec> ladder(MediaKind kind, long[] shape) {
        List<MediaCodec> some = new ArrayList<>();
        if (kind instanceof MediaKind.Sound sound) {
            some.addAll(List.of(
                    new PcmCodec(PcmCodec.Law.PCM16),
                    new FlacCodec(sound.rate()),
                    new PcmCodec(PcmCodec.Law.PCM8),
                    new PcmCodec(PcmCodec.Law.MU_LAW)));
            for (int kilobits : OpusCodec.takes(sound.rate()) ? new int[] {32, 24, 16, 12, 8, 6} : new int[0]) {
                some.add(new OpusCodec(kilobits, sound.rate()));
            }
            return some;
        }
        some.add(new PngCodec());
        boolean webp = WebpCodec.isAvailable();
        if (webp) {
            some.add(new WebpCodec(OptionalInt.empty(), true));
            for (int quality : new int[] {90, 50, 20, 5, 0}) {
                some.add(new WebpCodec(OptionalInt.of(quality), true));
            }
        }
        for (int quality : new int[] {90, 50, 20, 10, 5, 1}) {
            some.add(new JpegCodec(quality, true));
        }
        Pixels pixels = Pixels.of(shape);
        int side = Math.min(pixels.height(), pixels.width());
        for (int part : new int[] {2, 4, 8}) {
            for (int bits : new int[] {4, 2}) {
                if (side / part >= 1) {
                    some.add(new PixelsCodec(bits, side / part));
                }
            }
        }
        return some;
    }
}
