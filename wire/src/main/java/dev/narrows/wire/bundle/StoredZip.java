package dev.narrows.wire.bundle;

import dev.narrows.errors.UnsupportedException;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * The bytes of a zip file between its entries' contents.
 *
 * <pre>
 * design: a bundle file is a zip file of one exact form (PKWARE APPNOTE 6.3: stored entries, no extra fields, no
 * comments, every time 1980-01-01 00:00), so names, sizes and contents fix every byte of it. The reader makes these
 * bytes anew from the manifest and compares: it never believes a length or an offset of the file, nothing is ever
 * inflated, no entry can be there twice or hide between others, and any changed bit shows. Any zip tool unpacks it;
 * weights hardly compress anyway.
 * </pre>
 */
final class StoredZip {

    static final int LOCAL_SIZE = 30;
    private static final int CENTRAL_SIZE = 46;
    private static final int END_SIZE = 22;
    private static final int LOCAL = 0x04034b50;
    private static final int CENTRAL = 0x02014b50;
    private static final int END = 0x06054b50;
    private static final short VERSION = 10;
    private static final short DATE = 1 << 5 | 1; // year 1980 + 0, month 1, day 1

    private final ByteArrayOutputStream central = new ByteArrayOutputStream();
    private int entries;
    private long offset;

    /** The bytes before the next entry's contents. */
    byte[] local(String name, long size, long crc) {
        byte[] path = name.getBytes(StandardCharsets.US_ASCII);
        byte[] header = new byte[LOCAL_SIZE + path.length];
        ByteBuffer local = little(header);
        local.putInt(LOCAL).putShort(VERSION);
        entry(local, path, size, crc);
        local.putShort((short) 0).put(path); // extra field: none

        byte[] listing = new byte[CENTRAL_SIZE + path.length];
        ByteBuffer listed = little(listing);
        listed.putInt(CENTRAL).putShort(VERSION).putShort(VERSION);
        entry(listed, path, size, crc);
        listed.putShort((short) 0).putShort((short) 0).putShort((short) 0).putShort((short) 0);
        listed.putInt(0).putInt((int) offset).put(path);
        central.write(listing, 0, listing.length);

        entries++;
        offset += header.length + size;
        requireSmall(offset);
        return header;
    }

    /** The bytes after the last entry's contents. */
    byte[] end() {
        byte[] tail = new byte[central.size() + END_SIZE];
        ByteBuffer end = little(tail);
        end.put(central.toByteArray());
        end.putInt(END).putShort((short) 0).putShort((short) 0);
        end.putShort((short) entries).putShort((short) entries);
        end.putInt(central.size()).putInt((int) offset).putShort((short) 0);
        requireSmall(offset + tail.length);
        return tail;
    }

    /** How many bytes of the file an entry takes. */
    static long entrySize(String name, long size) {
        return LOCAL_SIZE + CENTRAL_SIZE + 2L * name.length() + size;
    }

    /** How many bytes of the file belong to no entry. */
    static int endSize() {
        return END_SIZE;
    }

    /** From the flags to the name's length: the same in both places. */
    private static void entry(ByteBuffer header, byte[] path, long size, long crc) {
        header.putShort((short) 0).putShort((short) 0); // flags, method: stored
        header.putShort((short) 0).putShort(DATE);
        header.putInt((int) crc).putInt((int) size).putInt((int) size);
        header.putShort((short) path.length);
    }

    private void requireSmall(long size) {
        if (size > 0xFFFF_FFFFL || entries > 0xFFFE) {
            throw new UnsupportedException(
                    "zip file: " + size + " bytes (expected: less than 2^32; write the bundle as a directory)");
        }
    }

    private static ByteBuffer little(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}
