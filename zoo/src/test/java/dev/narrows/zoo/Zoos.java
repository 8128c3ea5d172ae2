package dev.narrows.zoo;

import java.util.List;

/** Architectures at several widths and depths, each with an input. */
final class Zoos {

    static final InputShape GREY = new InputShape.Image(1, 28, 28);
    static final InputShape COLOUR = new InputShape.Image(3, 32, 32);
    static final InputShape WIDE = new InputShape.Image(3, 64, 48);
    static final InputShape SOUND = new InputShape.Sound(16000, 16000);
    static final InputShape SLOW_SOUND = new InputShape.Sound(6000, 8000);
    static final InputShape SERIES = new InputShape.Series(3, 128);
    static final InputShape VALUES = new InputShape.Values(13);

    record Case(String spec, InputShape shape) {

        Architecture architecture() {
            return Architecture.parse(spec);
        }

        @Override
        public String toString() {
            return spec + " " + shape;
        }
    }

    static final List<Case> CASES = List.of(
            new Case("cnn", GREY),
            new Case("cnn:width=0.5,depth=1", COLOUR),
            new Case("cnn:width=0.25,depth=3,dropout=0.3", WIDE),
            new Case("cnn:width=0.25,mels=32", SOUND),
            new Case("cnn:width=0.1", new InputShape.Image(2, 5, 3)),
            new Case("cnn:width=0.25", new InputShape.Image(3, 112, 112)),
            new Case("cnn1d", SERIES),
            new Case("cnn1d:width=0.25,depth=5", new InputShape.Series(1, 3000)),
            new Case("cnn1d:depth=1", new InputShape.Series(2, 9)),
            new Case("cnn1d:width=0.5,depth=2", SOUND),
            new Case("dscnn", SOUND),
            new Case("dscnn:width=0.5,depth=2,mels=24,window=40,low=100,high=3500", SLOW_SOUND),
            new Case("dscnn:depth=1,mean=0.01,std=0.5", SOUND),
            new Case("dscnn", new InputShape.Image(1, 10, 49)),
            new Case("lenet", GREY),
            new Case("lenet:width=2,mean=0.1,std=0.3/0.4/0.5", COLOUR),
            new Case("mlp", VALUES),
            new Case("mlp:width=0.125,depth=4,dropout=0.5", GREY),
            new Case("mlp:depth=1,hop=50", SLOW_SOUND),
            new Case("mobilenet", COLOUR),
            new Case("mobilenet:width=0.25,depth=2", GREY),
            new Case("mobilenet:width=0.35,depth=0.5,activation=hardswish", new InputShape.Image(3, 160, 160)),
            new Case("mobilenet:width=0.5,activation=relu,zerogamma=true", WIDE),
            new Case("resnet", COLOUR),
            new Case("resnet:depth=8,zerogamma=true", GREY),
            new Case("resnet:depth=14,width=2,stem=2", GREY),
            new Case("resnet:depth=32,width=0.5", WIDE),
            new Case("resnet:depth=8,width=0.25", new InputShape.Image(3, 112, 112)),
            new Case("resnet:depth=8,width=0.5", SOUND),
            new Case("squeezenet", COLOUR),
            new Case("squeezenet:width=0.5,depth=0.5", GREY),
            new Case("squeezenet:width=0.25,depth=1.5", new InputShape.Image(3, 112, 112)),
            new Case("vgg", GREY),
            new Case("vgg:width=0.25,depth=1", COLOUR),
            new Case("vgg:width=0.125,depth=3,output=probabilities", WIDE));

    private Zoos() {}
}
