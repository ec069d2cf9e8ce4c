using ActorSockets.AspNetCore.Upstream;

namespace ActorSockets.AspNetCore.Tests.Upstream;

public sealed class UpstreamHttpTests
{
    [Theory]
    [InlineData(null, 256)]
    [InlineData(0L, 256)]
    [InlineData(5L, 5)]
    [InlineData(64L * 1024, 64 * 1024)]
    [InlineData(16L * 1024 * 1024, 64 * 1024)]
    [InlineData(long.MaxValue, 64 * 1024)]
    public void An_announcement_alone_takes_little_memory(long? announced, int first) => Assert.Equal(first, UpstreamHttp.FirstBytes(announced));
}
