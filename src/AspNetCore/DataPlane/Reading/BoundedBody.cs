using System.Buffers;
using Microsoft.AspNetCore.Http;

namespace ActorSockets.AspNetCore.DataPlane.Reading;

/// <summary>Reads a whole body into memory, never more than its bound plus what one read brings, and not for longer than it may take.</summary>
internal static class BoundedBody
{
    /// <summary>As long as a WebSocket message may be by default.</summary>
    internal const int Limit = 1024 * 1024;

    private const int FirstRead = 4096;

    internal static async Task<(byte[] Bytes, DataPlaneError? Fault)> ReadAsync(HttpRequest request, TimeSpan within, TimeProvider time, CancellationToken clientGone)
    {
        if (request.ContentLength > Limit) return ([], DataPlaneError.TooLarge(Limit));
        using var deadline = new CancellationTokenSource(within, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, clientGone);
        var buffer = ArrayPool<byte>.Shared.Rent((int)(request.ContentLength ?? FirstRead) + 1);
        try
        {
            var length = 0;
            while (await request.Body.ReadAsync(buffer.AsMemory(length), either.Token) is > 0 and var read)
            {
                length += read;
                if (length > Limit) return ([], DataPlaneError.TooLarge(Limit));
                if (length == buffer.Length) buffer = Larger(buffer);
            }

            return (buffer[..length], null);
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested)
        {
            return ([], DataPlaneError.TooLate(within));
        }
        catch (OperationCanceledException) when (clientGone.IsCancellationRequested)
        {
            return ([], CutShort());
        }
        catch (BadHttpRequestException e)
        {
            // The web server's own judgement: too slow, or cut short.
            return ([], e.StatusCode == StatusCodes.Status408RequestTimeout ? DataPlaneError.TooLate(within) : CutShort());
        }
        catch (IOException)
        {
            return ([], CutShort());
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Seldom read by anybody: mostly the caller is gone.</summary>
    private static DataPlaneError CutShort() => DataPlaneError.BadRequest("The body could not be read.");

    private static byte[] Larger(byte[] full)
    {
        var larger = ArrayPool<byte>.Shared.Rent(Math.Min(full.Length * 2, Limit + 1));
        full.CopyTo(larger, 0);
        ArrayPool<byte>.Shared.Return(full);
        return larger;
    }
}
