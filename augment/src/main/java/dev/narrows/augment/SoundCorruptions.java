package dev.narrows.augment;

import java.util.ArrayList;
import java.util.List;

/** The corruptions of sound. */
final class SoundCorruptions {

    private static final List<Double> SNR = List.of(20., 15., 10., 5., 0.);
    /** The middle of the telephone's band, in Hz, to the power of two: the product of its edges. */
    private static final double EDGES_PRODUCT = 1e6;

    private SoundCorruptions() {}

    /** All that can be made: without other clips there is no babble. */
    static List<Graded> of(Medium.Sound sound) {
        int rate = sound.rate();
        List<Graded> all = new ArrayList<>();
        all.add(noise("white-noise", ColouredNoise.white(rate)));
        all.add(noise("pink-noise", ColouredNoise.pink(rate)));
        all.add(noise("brown-noise", ColouredNoise.brown(rate)));
        all.add(noise("hum", new Hum(rate)));
        if (sound.others().size() > 0) {
            all.add(noise("babble", new Babble(sound.others())));
        }
        all.add(new Graded(
                "gain",
                "dB",
                List.of(-6., -12., -18., -24., -30.),
                (values, shape, level, random) -> new Gain(Range.exactly(level)).apply(values, shape, random)));
        all.add(new Graded(
                "clipping",
                "cut off above this share of the peak",
                List.of(.5, .3, .2, .1, .05),
                (values, shape, level, random) -> new Clipping(Range.exactly(level)).apply(values, shape, random)));
        all.add(new Graded(
                "speed",
                "share faster or slower",
                List.of(.04, .08, .12, .18, .25),
                (values, shape, level, random) -> new Speed(
                                Range.exactly(random.nextBoolean() ? 1 + level : 1 / (1 + level)))
                        .apply(values, shape, random)));
        all.add(new Graded(
                "reverberation",
                "RT60, s",
                List.of(.2, .4, .7, 1., 1.5),
                (values, shape, level, random) ->
                        new Reverberation(Range.exactly(level), rate).apply(values, shape, random)));
        all.add(new Graded(
                "shift",
                "ms, either way",
                List.of(50., 100., 150., 200., 300.),
                (values, shape, level, random) ->
                        new TimeShift(Graded.eitherWay(level, random), rate).apply(values, shape, random)));
        all.add(new Graded(
                "telephone",
                "upper edge f, Hz; the lower is 10^6 / f",
                List.of(3400., 2600., 2000., 1600., 1250.),
                (values, shape, level, random) -> new Telephone(
                                Range.exactly(EDGES_PRODUCT / level), Range.exactly(level), rate)
                        .apply(values, shape, random)));
        all.add(new Graded(
                "drop-outs",
                "share of packets lost",
                List.of(.05, .1, .2, .3, .45),
                (values, shape, level, random) ->
                        new DropOuts(Range.exactly(level), rate).apply(values, shape, random)));
        return List.copyOf(all);
    }

    private static Graded noise(String name, NoiseSource source) {
        return new Graded(
                name,
                "SNR, dB",
                SNR,
                (values, shape, level, random) ->
                        new SoundNoise(List.of(source), Range.exactly(level)).apply(values, shape, random));
    }
}
