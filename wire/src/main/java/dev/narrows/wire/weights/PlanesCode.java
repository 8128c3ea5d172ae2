package dev.narrows.wire.weights;

import java.util.Arrays;

/** Codes a tensor of which nothing is known but the elements' width, byte by byte. */
final class PlanesCode {

    private static final int SAMPLE = 4096; // elements on which it is tried which bytes are noise

    private PlanesCode() {}

    /** How many of the lowest bytes are better left as they are, tried on the first elements that are not 0. */
    static int noise(Elements elements) {
        Elements sample = new Elements(new byte[SAMPLE * elements.width()], elements.width());
        int taken = 0;
        for (int i = 0; i < elements.count() && taken < SAMPLE; i++) {
            if (elements.get(i) != 0) {
                sample.set(taken++, elements.get(i));
            }
        }
        Elements tried = new Elements(Arrays.copyOf(sample.bytes(), taken * elements.width()), elements.width());
        int best = 0;
        int least = Integer.MAX_VALUE;
        for (int noise = 0; noise <= elements.width(); noise++) {
            int length = encode(tried, noise).length;
            if (length < least) {
                least = length;
                best = noise;
            }
        }
        return best;
    }

    static byte[] encode(Elements elements, int noise) {
        BinaryEncoder out = new BinaryEncoder();
        BytePlanes planes = new BytePlanes(elements.width(), noise);
        for (int i = 0; i < elements.count(); i++) {
            planes.code(out, elements.get(i));
        }
        return out.finish();
    }

    /** The elements' bytes. */
    static byte[] decode(BinaryDecoder in, WeightLayout layout, int noise) {
        Elements elements = new Elements(new byte[layout.bytes()], layout.width());
        BytePlanes planes = new BytePlanes(layout.width(), noise);
        for (int i = 0; i < elements.count(); i++) {
            elements.set(i, planes.code(in, 0));
        }
        return elements.bytes();
    }
}
