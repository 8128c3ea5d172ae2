package dev.narrows.cloud;

import dev.narrows.errors.IncompatibleException;
import dev.narrows.errors.InvalidException;
import dev.narrows.errors.MalformedException;
import dev.narrows.errors.UnsupportedException;
import dev.narrows.wire.Checksum;
import dev.narrows.wire.InferRequest;
import dev.narrows.wire.Parameters;
import dev.narrows.wire.bundle.Manifest;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * Where and how a request enters a network, from its parameters.
 *
 * @param cut the index of the cut
 * @param cutName the cut's name
 * @param codec the codec of its tensors
 * @param deadlineMillis how long the sender waits
 * @param checksummed whether the request carried a checksum (which was right), and the response is to carry one
 */
record Entry(int cut, String cutName, String codec, long deadlineMillis, boolean checksummed) {

    private static final Set<String> KNOWN =
            Set.of(Parameters.CUT, Parameters.CODEC, Parameters.BUNDLE, Parameters.DEADLINE, Parameters.CHECKSUM);
    /** What other clients send that changes no answer: read and left alone. */
    private static final Set<String> HINTS = Set.of("priority", "timeout", "headers", "content_type");

    private static final Pattern HASH_PREFIX = Pattern.compile("[0-9a-f]{16,64}");
    private static final String RAW = "raw";

    /**
     * Checks a request's checksum and the names of its parameters.
     *
     * @return whether it has a checksum
     * @throws RefusedException if the checksum is wrong
     * @throws UnsupportedException of a parameter that this server does not know (a sequence's, say): to ignore one could be
     *     to answer another question than the one asked
     * @throws InvalidException if it has a parameter of ours and no checksum
     */
    static boolean checksummed(InferRequest request) {
        Set<String> unknown = new TreeSet<>(request.parameters().values().keySet());
        unknown.removeAll(KNOWN);
        unknown.removeAll(HINTS);
        if (!unknown.isEmpty()) {
            throw new UnsupportedException("parameters: " + unknown + " (expected: of " + new TreeSet<>(KNOWN) + ")");
        }
        try {
            Checksum.verify(request);
        } catch (MalformedException e) {
            throw new RefusedException(Fault.CHECKSUM, String.valueOf(e.getMessage()), e);
        }
        return request.parameters().text(Parameters.CHECKSUM).isPresent();
    }

    /**
     * The entry that a request asks for.
     *
     * @throws IncompatibleException if it is for another bundle, or for a cut that the model has not
     * @throws InvalidException if a parameter has a value that it cannot have
     */
    static Entry of(InferRequest request, Model model, boolean checksummed) {
        Parameters parameters = request.parameters();
        checkBundle(parameters, request.model(), model);
        String cut = parameters.text(Parameters.CUT).orElse(Manifest.INPUT_CUT);
        int index = model.entryCut(cut);
        String codec = parameters.text(Parameters.CODEC).orElse(RAW);
        long deadline = parameters.integer(Parameters.DEADLINE).orElse(Long.MAX_VALUE);
        if (deadline < 0) {
            throw new InvalidException(
                    "parameter \"" + Parameters.DEADLINE + "\": " + deadline + " (expected: 0 or more)");
        }
        return new Entry(index, model.layout().cuts().get(index).name(), codec, deadline, checksummed);
    }

    private static void checkBundle(Parameters parameters, String name, Model model) {
        Optional<String> asked = parameters.text(Parameters.BUNDLE);
        if (asked.isEmpty()) {
            return;
        }
        String prefix = asked.get().toLowerCase(Locale.ROOT);
        if (!HASH_PREFIX.matcher(prefix).matches()) {
            throw new InvalidException("parameter \"" + Parameters.BUNDLE + "\": \"" + asked.get()
                    + "\" (expected: 16 to 64 hexadecimal digits)");
        }
        String hash = model.layout()
                .hash()
                .orElseThrow(() -> new IncompatibleException(
                        "bundle: " + prefix + " (expected: none), model \"" + name + "\" is a plain network"));
        if (!hash.startsWith(prefix)) {
            throw new IncompatibleException(
                    "bundle: " + prefix + " (expected: " + hash.substring(0, 16) + "…), model \"" + name + "\"");
        }
    }
}
