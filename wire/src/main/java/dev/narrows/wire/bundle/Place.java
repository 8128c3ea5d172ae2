package dev.narrows.wire.bundle;

import dev.narrows.errors.MalformedException;
import java.io.IOException;
import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.zip.CRC32;

/**
 * Where a file of a bundle lies: a whole file of a directory, or a stretch of a zip file.
 *
 * <p>Buffers are turned as {@link Buffer}s: Android's ByteBuffer does not override those methods before API level 33.
 *
 * @param name its path in the bundle, for errors
 */
record Place(String name, Path file, long offset, long size) {

    private static final int BLOCK = 1 << 16;

    /**
     * The SHA-256 of the contents, which never are in memory as a whole.
     *
     * @param crc is updated with the contents too
     */
    String sha256(CRC32 crc) throws IOException {
        try (FileChannel channel = open()) {
            Sha256 sha = new Sha256();
            ByteBuffer block = ByteBuffer.allocate((int) Math.min(BLOCK, Math.max(1, size)));
            for (long done = 0; done < size; ) {
                ((Buffer) block).clear();
                ((Buffer) block).limit((int) Math.min(block.capacity(), size - done));
                fill(channel, block, offset + done);
                ((Buffer) block).flip();
                sha.update(block.duplicate());
                crc.update(block.duplicate());
                done += block.limit();
            }
            return sha.digits();
        }
    }

    /** The contents, in direct memory if they are for the runtime. */
    ByteBuffer read(boolean direct) throws IOException {
        try (FileChannel channel = open()) {
            ByteBuffer contents = direct ? ByteBuffer.allocateDirect((int) size) : ByteBuffer.allocate((int) size);
            fill(channel, contents, offset);
            ((Buffer) contents).flip();
            return contents;
        }
    }

    /** Opens the file after making sure that it still is as long as it was found to be. */
    private FileChannel open() throws IOException {
        FileChannel channel = FileChannel.open(file, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS));
        if (channel.size() < offset + size) {
            channel.close();
            throw ends();
        }
        return channel;
    }

    private void fill(FileChannel channel, ByteBuffer into, long at) throws IOException {
        long next = at;
        while (into.hasRemaining()) {
            int count = channel.read(into, next);
            if (count < 0) {
                throw ends();
            }
            next += count;
        }
    }

    private MalformedException ends() {
        return new MalformedException("file: ends early (expected: " + size + " bytes), file \"" + name + "\"");
    }
}
