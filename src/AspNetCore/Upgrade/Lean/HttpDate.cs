using System.Globalization;
using System.Text;

namespace ActorSockets.AspNetCore.Upgrade.Lean;

/// <summary>The Date field's value (RFC 9110 section 6.6.1), made once a second.</summary>
internal sealed class HttpDate(TimeProvider time)
{
    private volatile Stamp _last = new(0, []);

    internal ReadOnlySpan<byte> Now
    {
        get
        {
            var now = time.GetUtcNow();
            var last = _last;
            if (last.Second != now.ToUnixTimeSeconds())
                _last = last = new Stamp(now.ToUnixTimeSeconds(), Encoding.ASCII.GetBytes(now.ToString("R", CultureInfo.InvariantCulture)));
            return last.Text;
        }
    }

    private sealed record Stamp(long Second, byte[] Text);
}
