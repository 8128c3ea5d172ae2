package dev.narrows.device;

import dev.narrows.engine.DType;
import dev.narrows.engine.Tensor;
import dev.narrows.engine.TensorSpec;
import dev.narrows.wire.InferRequest;
import dev.narrows.wire.WireTensor;
import java.util.List;
import java.util.Map;

/** Sends to a {@link FakeRemote} as the run time does, and takes no notice of how it went. */
class FakeSender implements Hedge.Sender {

    private final Messages messages =
            new Messages("m", "0123456789abcdef01", List.of(new TensorSpec("x", DType.FLOAT32, List.of(-1L, 1L))));
    private final FakeRemote remote;

    FakeSender(FakeRemote remote) {
        this.remote = remote;
    }

    @Override
    public InferRequest request(String cut, String codec, List<WireTensor> coded, long remainingNanos) {
        return messages.request(cut, codec, coded, remainingNanos);
    }

    @Override
    public Remote.Exchange send(InferRequest request, long timeoutNanos) {
        return remote.infer(request, timeoutNanos);
    }

    @Override
    public Map<String, Tensor> check(InferRequest request, Remote.Answer answer, long items) {
        return messages.outputs(request, answer.response(), items);
    }

    @Override
    public void answered() {}

    @Override
    public void failed(Remote.Failure failure) {}

    @Override
    public void coded(int cut, String codec, long items, long bytes, long nanos) {}

    @Override
    public void tried(int exit, long items, long answered) {}

    @Override
    public int inFlight() {
        return 1;
    }
}
