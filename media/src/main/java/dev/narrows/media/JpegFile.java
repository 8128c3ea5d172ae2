package dev.narrows.media;

import dev.narrows.errors.MalformedException;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A JPEG file with one scan, as its segments (ITU-T T.81, B.1).
 *
 * @param segments before the scan's data, without the marker of the image's start; the last is the scan's header
 * @param scan the entropy-coded data, without the marker of the image's end
 */
@SuppressWarnings("ArrayRecordComponent") // bytes; nobody compares these
record JpegFile(List<Segment> segments, byte[] scan) {

    private static final int SOI = 0xD8;
    private static final int EOI = 0xD9;
    private static final int SOS = 0xDA;
    private static final int DQT = 0xDB;
    private static final int DHT = 0xC4;
    private static final int APP_FIRST = 0xE0;
    private static final int APP_LAST = 0xEF;
    private static final int COMMENT = 0xFE;

    /** @param payload behind the two bytes of its length */
    @SuppressWarnings("ArrayRecordComponent")
    record Segment(int marker, byte[] payload) {}

    /** @throws MalformedException if it is no such file, or does not end where its image does */
    static JpegFile parse(byte[] file) {
        if (file.length < 4 || marker(file, 0) != SOI || marker(file, file.length - 2) != EOI) {
            throw new MalformedException("JPEG: no markers of start and end (expected: FFD8 … FFD9)");
        }
        List<Segment> segments = new ArrayList<>();
        int at = 2;
        while (true) {
            int marker = marker(file, at);
            int length = at + 4 > file.length ? 0 : ((file[at + 2] & 0xFF) << 8) | (file[at + 3] & 0xFF);
            if (marker < 0 || length < 2 || at + 2 + length > file.length - 2) {
                throw new MalformedException("JPEG: no segment (expected: marker and length), byte " + at);
            }
            segments.add(new Segment(marker, Arrays.copyOfRange(file, at + 4, at + 2 + length)));
            at += 2 + length;
            if (marker == SOS) {
                return new JpegFile(segments, Arrays.copyOfRange(file, at, file.length - 2));
            }
        }
    }

    private static int marker(byte[] file, int at) {
        return at + 1 < file.length && (file[at] & 0xFF) == 0xFF ? file[at + 1] & 0xFF : -1;
    }

    /** Without what no decoder needs, tables of a kind in one segment. */
    JpegFile smallest() {
        List<Segment> kept = new ArrayList<>();
        ByteArrayOutputStream quantisers = new ByteArrayOutputStream();
        ByteArrayOutputStream codes = new ByteArrayOutputStream();
        for (Segment segment : segments) {
            if (segment.marker() == DQT) {
                quantisers.writeBytes(segment.payload());
            } else if (segment.marker() == DHT) {
                codes.writeBytes(segment.payload());
            } else if (!(segment.marker() >= APP_FIRST && segment.marker() <= APP_LAST)
                    && segment.marker() != COMMENT) {
                kept.add(segment);
            }
        }
        kept.add(0, new Segment(DHT, codes.toByteArray()));
        kept.add(0, new Segment(DQT, quantisers.toByteArray()));
        return new JpegFile(kept, scan);
    }

    /** The same header with another scan's data. */
    JpegFile with(byte[] otherScan) {
        return new JpegFile(segments, otherScan);
    }

    byte[] bytes() {
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        file.write(0xFF);
        file.write(SOI);
        for (Segment segment : segments) {
            int length = segment.payload().length + 2;
            file.write(0xFF);
            file.write(segment.marker());
            file.write(length >> 8);
            file.write(length);
            file.writeBytes(segment.payload());
        }
        file.writeBytes(scan);
        file.write(0xFF);
        file.write(EOI);
        return file.toByteArray();
    }
}
