package dev.narrows.wire.codec;

import static org.assertj.core.api.Assertions.assertThat;

import dev.narrows.engine.Tensor;
import dev.narrows.errors.MalformedException;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * A million damaged codes of 64 symbols, 5 bytes of entropy each: how many are taken for another item's. The figures are those of
 * docs/codecs.md.
 */
class BottleneckDamageTest {

    private static final int DAMAGED = Integer.getInteger("narrows.damaged", 100_000);
    private static final int ITEMS = 1000;
    private static final int FINGERPRINT = 12_345;
    private static final int START = RansCoder.LOWER + 54_321;

    private static final SymbolModel MODEL;
    private static final byte[][] SYMBOLS = new byte[ITEMS][];

    static {
        SparseCodes source = new SparseCodes(4, 4, 4, 5);
        MODEL = ((BottleneckCodec) CodecSamples.calibrated(Codecs.BOTTLENECK, source.spec(), source.items(2000, 1)))
                .model();
        Tensor items = source.items(ITEMS, 3);
        for (int item = 0; item < ITEMS; item++) {
            SYMBOLS[item] = BottleneckCodec.whole(MODEL)
                    .quantise(items.slice(item, item + 1).toFloats(), 0);
        }
    }

    /** One framing of symbols. */
    private interface Framing {
        byte[] encode(byte[] symbols);

        /** @throws MalformedException if they are refused */
        byte[] decode(byte[] code);
    }

    @Test
    void decode_damagedCodes_neverGiveOtherSymbols() {
        BottleneckCode code = new BottleneckCode(MODEL, FINGERPRINT);

        assertThat(wrong(new Framing() {
                    @Override
                    public byte[] encode(byte[] symbols) {
                        return code.encode(symbols);
                    }

                    @Override
                    public byte[] decode(byte[] damaged) {
                        return code.decode(damaged, 0, damaged.length);
                    }
                }))
                .isZero();
    }

    @Test
    void decode_damagedCodesOfTheLongerFraming_neverGiveOtherSymbols() {
        ItemCode code = new ItemCode(MODEL, FINGERPRINT);

        assertThat(wrong(new Framing() {
                    @Override
                    public byte[] encode(byte[] symbols) {
                        return code.encode(symbols);
                    }

                    @Override
                    public byte[] decode(byte[] damaged) {
                        return code.decode(damaged);
                    }
                }))
                .isZero();
    }

    /** Why the check covers the symbols: the state alone lets what is here through. */
    @Test
    void decode_damagedCodesCheckedByAConstantState_giveOtherSymbols() {
        RansCoder coder = new RansCoder(MODEL);

        assertThat(wrong(new Framing() {
                    @Override
                    public byte[] encode(byte[] symbols) {
                        return coder.encodeOpen(symbols, 1000, START).orElseThrow();
                    }

                    @Override
                    public byte[] decode(byte[] damaged) {
                        RansCoder.Decoded decoded = coder.decodeOpen(damaged, 0, damaged.length);
                        if (decoded.state() != START || decoded.end() != damaged.length) {
                            throw new MalformedException("state");
                        }
                        return decoded.symbols();
                    }
                }))
                .isPositive();
    }

    private static int wrong(Framing framing) {
        byte[][] codes = new byte[ITEMS][];
        for (int item = 0; item < ITEMS; item++) {
            codes[item] = framing.encode(SYMBOLS[item]);
        }
        Random random = new Random(4);
        int wrong = 0;
        for (int i = 0; i < DAMAGED; i++) {
            int item = i % ITEMS;
            try {
                wrong += Arrays.equals(framing.decode(damaged(codes[item], random)), SYMBOLS[item]) ? 0 : 1;
            } catch (MalformedException e) {
                assertThat(e.getMessage()).isNotEmpty();
            }
        }
        return wrong;
    }

    /** A bit, a byte or three bytes changed, the end cut off or replaced, or bytes added. */
    private static byte[] damaged(byte[] code, Random random) {
        byte[] bad = code.clone();
        switch (random.nextInt(6)) {
            case 0 -> bad[random.nextInt(bad.length)] ^= (byte) (1 << random.nextInt(8));
            case 1, 2 -> bad[random.nextInt(bad.length)] ^= (byte) (1 + random.nextInt(255));
            case 3 -> {
                for (int k = 0; k < 3; k++) {
                    bad[random.nextInt(bad.length)] = (byte) random.nextInt(256);
                }
            }
            case 4 -> bad = Arrays.copyOf(bad, random.nextInt(bad.length));
            default -> {
                bad = Arrays.copyOf(bad, bad.length + 1 + random.nextInt(3));
                for (int at = code.length - 1; at < bad.length; at++) {
                    bad[at] = (byte) random.nextInt(256);
                }
            }
        }
        return bad;
    }
}
