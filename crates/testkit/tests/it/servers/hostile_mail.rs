//! Mail servers that say too much, too slowly or nonsense: a mail fails in good time, and costs next to nothing meanwhile.

use std::time::{Duration, Instant};

use kernel::{MailId, Secret};
use mailer::{Mail, Mailer as _, MailerError, SmtpMailer};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// What may be said before anybody could doubt it, and much less than what waits until nobody listens any more.
const SOON: Duration = Duration::from_secs(4);
/// What one mail may take in all, with something for a busy machine.
const AT_LAST: Duration = Duration::from_secs(15);

/// How a server behaves to whoever comes.
#[derive(Debug, Clone, Copy)]
enum Manner {
    /// Every command is answered with a reply that never ends.
    EndlessReply,
    /// With a line that never ends.
    EndlessLine,
    /// With half a dozen letters a line, as fast as they are taken.
    ShortLines,
    /// With what is no reply at all.
    Garbage,
    /// It greets as it should, and says nothing else.
    Silent,
    /// One letter a second.
    Slow,
    /// It offers encryption and never begins with it.
    HalfEncrypted,
    /// It offers encryption and then says what is none, without end.
    FalselyEncrypted,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_says_too_much_is_left_at_once() {
    use Manner::{EndlessLine, EndlessReply, FalselyEncrypted, Garbage, ShortLines};
    for manner in [EndlessReply, EndlessLine, ShortLines, Garbage, FalselyEncrypted] {
        let (error, took) = outcome(manner).await;
        assert!(took < SOON, "{manner:?} took {took:?}");
        assert!(!error.is_final() && !matches!(error, MailerError::Silent), "{manner:?}: {error:?}");
    }
}

#[tokio::test]
async fn a_server_that_says_too_little_is_left_after_a_while() {
    let all = [Manner::Silent, Manner::Slow, Manner::HalfEncrypted].map(outcome);
    for (error, took) in futures::future::join_all(all).await {
        assert!(matches!(error, MailerError::Silent) && took < AT_LAST, "{error:?} took {took:?}");
        assert!(!error.is_final(), "it is tried again");
    }
}

/// As in lettre's issue 743: a conversation was kept, the server has had enough of it, and says so where it is asked whether it is there.
#[tokio::test]
async fn a_server_that_hangs_up_on_a_kept_conversation_gets_the_mail_in_a_new_one() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
    let port = listener.local_addr().expect("it listens").port();
    let serving = tokio::spawn(async move {
        let mut conversations = 0;
        while let Ok((client, _)) = listener.accept().await {
            conversations += 1;
            take_one(client).await.ok();
            if conversations == 3 {
                return;
            }
        }
    });
    let mailer = mailer(format!("smtp://127.0.0.1:{port}"));
    for turn in 0..3 {
        mailer.send(&mail()).await.unwrap_or_else(|error| panic!("mail {turn}: {error:?}"));
    }
    drop(mailer);
    serving.await.expect("three conversations, of one mail each");
}

/// Takes one mail, and takes leave of whoever says more.
async fn take_one(mut client: TcpStream) -> std::io::Result<()> {
    client.write_all(b"220 mail.example ready\r\n").await?;
    let (mut heard, mut is_in_text) = (String::new(), false);
    loop {
        let mut part = [0; 1_024];
        let count = client.read(&mut part).await?;
        heard.push_str(&String::from_utf8_lossy(&part[..count]));
        let end = if is_in_text { "\r\n.\r\n" } else { "\r\n" };
        if count == 0 {
            return Ok(());
        }
        let Some(at) = heard.find(end) else { continue };
        let said: String = heard.drain(..at + end.len()).collect();
        let reply = match said.get(..4).unwrap_or_default() {
            _ if is_in_text => "250 taken",
            "DATA" => "354 go on",
            "NOOP" => "221 Idle timeout, bye bye",
            _ => "250 fine",
        };
        is_in_text = reply.starts_with("354");
        client.write_all(format!("{reply}\r\n").as_bytes()).await?;
        if reply.starts_with("221") {
            return Ok(());
        }
    }
}

fn mailer(url: String) -> SmtpMailer {
    SmtpMailer::new(&Secret::new(url), "Stagedoor <door@stagedoor.test>").expect("the address fits")
}

fn mail() -> Mail {
    Mail {
        id: MailId(uuid::Uuid::from_u128(7)),
        to_address: "zoe@example.org".to_owned(),
        to_name: String::new(),
        subject: "Your booking".to_owned(),
        text: "Everything is set.\n".to_owned(),
        html: "<p>Everything is set.</p>".to_owned(),
        attachment: None,
    }
}

/// What becomes of a mail, and how long that takes.
async fn outcome(manner: Manner) -> (MailerError, Duration) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
    let port = listener.local_addr().expect("it listens").port();
    let serving = tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            tokio::spawn(behave(client, manner));
        }
    });
    let encrypted = matches!(manner, Manner::HalfEncrypted | Manner::FalselyEncrypted);
    let url = format!("smtp://127.0.0.1:{port}{}", if encrypted { "?tls=required" } else { "" });
    let began = Instant::now();
    let error = mailer(url).send(&mail()).await.expect_err("nobody took it");
    let took = began.elapsed();
    serving.abort();
    (error, took)
}

/// Talks to one client until that hangs up.
async fn behave(mut client: TcpStream, manner: Manner) -> std::io::Result<()> {
    client.write_all(b"220 mail.example ready\r\n").await?;
    let mut heard = [0; 1024];
    while client.read(&mut heard).await? > 0 {
        match manner {
            Manner::EndlessReply => {
                repeat(&mut client, &b"250-there is always something to add\r\n".repeat(200)).await?
            }
            Manner::ShortLines => repeat(&mut client, &b"250-\r\n".repeat(1_000)).await?,
            Manner::EndlessLine => repeat(&mut client, &[b'2'; 8_192]).await?,
            Manner::Garbage => client.write_all(b"\x00\xff{}<html>\r\n").await?,
            Manner::Silent => {}
            Manner::Slow => {
                for letter in b"250-mail.example\r\n".iter().cycle() {
                    client.write_all(&[*letter]).await?;
                    tokio::time::sleep(Duration::from_secs(1)).await;
                }
            }
            Manner::HalfEncrypted if heard.starts_with(b"STARTTLS") => {
                client.write_all(b"220 go ahead\r\n").await?;
                std::future::pending::<()>().await;
            }
            Manner::FalselyEncrypted if heard.starts_with(b"STARTTLS") => {
                client.write_all(b"220 go ahead\r\n").await?;
                repeat(&mut client, &b"250-\r\n".repeat(1_000)).await?;
            }
            Manner::HalfEncrypted | Manner::FalselyEncrypted => {
                client.write_all(b"250-mail.example\r\n250 STARTTLS\r\n").await?;
            }
        }
    }
    Ok(())
}

async fn repeat(client: &mut TcpStream, said: &[u8]) -> std::io::Result<()> {
    loop {
        client.write_all(said).await?;
    }
}
